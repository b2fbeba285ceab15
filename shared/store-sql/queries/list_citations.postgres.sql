WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
)
SELECT
    x.run_id, x.ordinal, x.url_raw, x.url, x.title, x.domain, x.class, x.span
FROM told AS k
CROSS JOIN LATERAL (
    SELECT y.* FROM citations AS y WHERE y.org_id = $1 AND y.run_id = k.run_id OFFSET 0
) AS x
ORDER BY x.run_id, x.ordinal
