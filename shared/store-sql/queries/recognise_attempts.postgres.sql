-- Which claims had this end recorded before: a commit whose answer was lost.
WITH told AS MATERIALIZED (
    SELECT k.run_id, k.fence, k.outcome
    FROM unnest($2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
        AS k (run_id, fence, finished_at_us, outcome, error_code, error_detail)
)
SELECT k.run_id, k.fence
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1
    FROM attempts AS x
    WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence AND x.outcome = k.outcome
    OFFSET 0
) AS a
