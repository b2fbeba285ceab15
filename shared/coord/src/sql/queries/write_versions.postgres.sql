-- The lead is locked while its holder writes: else one that passes on just now would not be seen.
WITH clock (now_us) AS MATERIALIZED (SELECT public.now_us())
INSERT INTO provider_versions (provider, listing, etag, checked_at_us, expires_at_us)
SELECT $1::text, $6::text, $2::text, now_us, now_us + $3::bigint FROM clock
WHERE EXISTS (SELECT 1 FROM single_flights AS f WHERE f.name = $4 AND f.fence = $5 FOR SHARE)
ON CONFLICT (provider) DO UPDATE
SET listing = excluded.listing, etag = excluded.etag, checked_at_us = excluded.checked_at_us, expires_at_us = excluded.expires_at_us
