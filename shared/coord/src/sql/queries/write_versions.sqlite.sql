WITH clock (now_us) AS (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
INSERT INTO provider_versions (provider, listing, etag, checked_at_us, expires_at_us)
SELECT ?1, ?6, ?2, now_us, now_us + ?3 FROM clock
WHERE EXISTS (SELECT 1 FROM single_flights AS f WHERE f.name = ?4 AND f.fence = ?5)
ON CONFLICT (provider) DO UPDATE
SET listing = excluded.listing, etag = excluded.etag, checked_at_us = excluded.checked_at_us, expires_at_us = excluded.expires_at_us
