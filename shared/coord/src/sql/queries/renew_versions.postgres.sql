-- The lead is locked while its holder writes: else one that passes on just now would not be seen.
WITH clock (now_us) AS MATERIALIZED (SELECT public.now_us())
UPDATE provider_versions
SET etag = $2, checked_at_us = (SELECT now_us FROM clock), expires_at_us = (SELECT now_us + $3 FROM clock)
WHERE provider = $1 AND EXISTS (SELECT 1 FROM single_flights AS f WHERE f.name = $4 AND f.fence = $5 FOR SHARE)
