WITH clock (now_us) AS (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
SELECT clock.now_us, v.listing, v.etag, v.checked_at_us, v.expires_at_us
FROM clock LEFT JOIN provider_versions AS v ON v.provider = ?1
