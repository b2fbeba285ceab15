WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
)
INSERT INTO attempts (org_id, run_id, fence, worker, started_at_us)
SELECT r.org_id, r.run_id, r.fence, $3::text, public.now_us()
FROM told AS k
CROSS JOIN LATERAL (
    SELECT x.org_id, x.run_id, x.fence FROM runs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id OFFSET 0
) AS r
