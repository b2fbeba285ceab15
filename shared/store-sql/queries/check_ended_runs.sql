-- I1: what has ended has a moment, no lease, and a digest where it has a result; what has not ended has none of them.
WITH looked AS MATERIALIZED (
    SELECT r.run_id, r.status, r.finished_at_us, r.lease_until_us, r.run_sha256
    FROM runs AS r
    WHERE r.org_id = $1 AND r.run_id > $2
    ORDER BY r.run_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.run_id AS id
    FROM looked AS l
    WHERE
        (l.status IN ('succeeded', 'failed', 'cancelled', 'quarantined')) <> (l.finished_at_us IS NOT NULL)
        OR (l.status = 'running') <> (l.lease_until_us IS NOT NULL)
        OR (l.status IN ('succeeded', 'failed', 'quarantined')) <> (l.run_sha256 IS NOT NULL)
)
SELECT figures.looked, figures.last_id, figures.violations, told.id
FROM (
    SELECT
        (SELECT count(*) FROM looked) AS looked,
        (SELECT l.run_id FROM looked AS l ORDER BY l.run_id DESC LIMIT 1) AS last_id,
        (SELECT count(*) FROM broken) AS violations
) AS figures
LEFT JOIN (SELECT k.id FROM broken AS k ORDER BY k.id LIMIT $4) AS told ON true
ORDER BY told.id
