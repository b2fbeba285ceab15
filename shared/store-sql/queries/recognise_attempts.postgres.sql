-- Which claims had this end recorded before: a commit whose answer was lost.
WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id, k.fence, k.outcome
    FROM json_to_recordset($2::json) AS k (run text, fence bigint, outcome text)
)
SELECT k.run_id
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1
    FROM attempts AS x
    WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence AND x.outcome = k.outcome
    OFFSET 0
) AS a
