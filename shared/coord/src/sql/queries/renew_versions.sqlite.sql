WITH clock (now_us) AS (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
UPDATE provider_versions
SET etag = ?2, checked_at_us = (SELECT now_us FROM clock), expires_at_us = (SELECT now_us + ?3 FROM clock)
WHERE provider = ?1 AND EXISTS (SELECT 1 FROM single_flights AS f WHERE f.name = ?4 AND f.fence = ?5)
