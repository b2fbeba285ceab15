WITH clock (now_us) AS (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
INSERT INTO provider_gates (provider, blocked_until_us, reason)
SELECT ?1, now_us + ?2, ?3 FROM clock WHERE true
ON CONFLICT (provider) DO UPDATE
SET blocked_until_us = excluded.blocked_until_us, reason = excluded.reason
WHERE provider_gates.blocked_until_us < excluded.blocked_until_us
