WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
)
SELECT k.run_id
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1
    FROM runs AS x
    WHERE
        x.org_id = $1 AND x.run_id = k.run_id AND x.status || '' = 'running'
        AND x.lease_until_us <= (SELECT public.now_us()) AND x.crash_count + 1 >= $3
    OFFSET 0
) AS r
