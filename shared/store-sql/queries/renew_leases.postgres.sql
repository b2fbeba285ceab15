-- Rows are locked by their key first, here and wherever one statement changes several: two that want the same rows then wait
-- for each other in turn, and never in a circle. `k.run || ''` tells the planner that one row comes, where it would take a hundred: from one it
-- always looks up by key, from a hundred it reads all rows of the org, as long as its statistics are older than those (docs/decisions/0011-postgres.md).
-- A row that its own commit holds is not waited for: behind a commit that hangs all leases of the process would run out. Nobody else takes it while it
-- is held, for a sweep passes over it as well.
WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id, k.fence
    FROM json_to_recordset($2::json) AS k (run text, fence bigint)
    WHERE k.run = k.run || ''
    ORDER BY run_id
),
held AS MATERIALIZED (
    SELECT k.run_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM runs AS x
        WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence AND x.status || '' = 'running'
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS r
),
renewed AS (
    UPDATE runs AS r
    SET lease_until_us = public.now_us() + $3::bigint * 1000000
    FROM held AS h
    WHERE r.org_id = $1 AND r.run_id = h.run_id
    RETURNING r.run_id
)
SELECT n.run_id, 1::bigint AS renewed
FROM renewed AS n
UNION ALL
SELECT k.run_id, 0::bigint AS renewed
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1
    FROM runs AS x
    WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence AND x.status || '' = 'running'
    OFFSET 0
) AS r
WHERE NOT EXISTS (SELECT 1 FROM held AS h WHERE h.run_id = k.run_id)
