SELECT clock.now_us, v.listing, v.etag, v.checked_at_us, v.expires_at_us
FROM (SELECT public.now_us() AS now_us) AS clock LEFT JOIN provider_versions AS v ON v.provider = $1
