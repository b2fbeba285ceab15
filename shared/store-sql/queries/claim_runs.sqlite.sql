-- reliability.md rule 2. The transaction holds the one write lock, so the control rows cannot change under it.
-- Runs from their $4th crash on are on their last life; $5 of them at most are claimed.
WITH asked AS MATERIALIZED (
    SELECT k.key AS place, r.run_id, r.batch_id, r.crash_count >= $4 AS is_last
    FROM json_each($2) AS k
    CROSS JOIN runs AS r
    WHERE
        r.org_id = $1 AND r.run_id = unhex(k.value) AND r.status IN ('pending', 'queued')
        AND r.available_at_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
),
rooms AS MATERIALIZED (
    SELECT
        a.batch_id,
        CASE
            WHEN b.max_parallel IS NULL THEN 9223372036854775807
            ELSE b.max_parallel - (
                SELECT count(*) FROM runs AS x
                WHERE x.org_id = $1 AND x.batch_id = a.batch_id AND x.status = 'running'
            )
        END AS room
    FROM (SELECT DISTINCT batch_id FROM asked WHERE batch_id IS NOT NULL) AS a
    JOIN batch_controls AS c ON c.org_id = $1 AND c.batch_id = a.batch_id AND c.status = 'running'
    JOIN batches AS b ON b.org_id = $1 AND b.batch_id = a.batch_id
),
chosen AS (
    SELECT
        a.run_id, a.batch_id, a.is_last, m.room,
        row_number() OVER (PARTITION BY a.batch_id ORDER BY a.place) AS turn,
        row_number() OVER (PARTITION BY a.is_last ORDER BY a.place) AS life
    FROM asked AS a
    LEFT JOIN rooms AS m ON m.batch_id = a.batch_id
)
UPDATE runs
SET
    status = 'running',
    fence = fence + 1,
    lease_until_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 + $3 * 1000000,
    lock_epoch = (
        SELECT c.lock_epoch FROM batch_controls AS c WHERE c.org_id = runs.org_id AND c.batch_id = runs.batch_id
    )
WHERE
    org_id = $1
    AND run_id IN (
        SELECT chosen.run_id FROM chosen
        WHERE (chosen.batch_id IS NULL OR chosen.turn <= chosen.room) AND (NOT chosen.is_last OR chosen.life <= $5)
    )
RETURNING run_id
