SELECT
    x.run_id, x.ordinal, x.url_raw, x.url, x.title, x.domain, x.class, x.span
FROM json_each($2) AS k
CROSS JOIN citations AS x
WHERE x.org_id = $1 AND x.run_id = unhex(k.value)
ORDER BY x.run_id, x.ordinal
