SELECT ordinal, url_raw, url, title, domain, class, span
FROM citations
WHERE org_id = $1 AND run_id = $2
ORDER BY ordinal
