WITH clock (now_us) AS MATERIALIZED (SELECT public.now_us())
INSERT INTO provider_gates (provider, blocked_until_us, reason)
SELECT $1::text, now_us + $2::bigint, $3::text FROM clock
ON CONFLICT (provider) DO UPDATE
SET blocked_until_us = excluded.blocked_until_us, reason = excluded.reason
WHERE provider_gates.blocked_until_us < excluded.blocked_until_us
