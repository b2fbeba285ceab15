-- Hints that are done with, and those that waited too long to matter: the runs that they named were rung for again since. `$2` seconds, at most `$3`.
WITH old AS MATERIALIZED (
    SELECT j.id
    FROM apalis.jobs AS j
    WHERE
        j.job_type = $1
        AND (j.status IN ('Done', 'Failed', 'Killed') OR j.run_at < clock_timestamp() - make_interval(secs => $2))
    LIMIT $3
    FOR UPDATE SKIP LOCKED
)
DELETE FROM apalis.jobs AS j
USING old AS o
WHERE j.id = o.id
