-- Before claim_runs, in the same transaction, with the same ids: the gates of their batches, always in the same order. Who claims
-- from a batch with `max_parallel` takes its gate alone: a statement counts what is running in a snapshot that is as old as
-- itself, so two claims at once would both find the same room; claim_runs, which begins after the wait, counts what the one
-- before took. Claims of other batches share the gate, and wait only behind who waits to change the control row. What decides
-- here never changes: which batch a run is of, and its bound.
WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
),
asked AS MATERIALIZED (
    SELECT DISTINCT r.batch_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT x.batch_id FROM runs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id OFFSET 0
    ) AS r
    WHERE r.batch_id IS NOT NULL
),
gates AS MATERIALIZED (
    SELECT public.gate($1, a.batch_id) AS gate, b.max_parallel IS NOT NULL AS bounded
    FROM asked AS a
    CROSS JOIN LATERAL (
        SELECT x.max_parallel FROM batches AS x WHERE x.org_id = $1 AND x.batch_id = a.batch_id OFFSET 0
    ) AS b
    ORDER BY a.batch_id
)
SELECT CASE
    WHEN g.bounded THEN pg_advisory_xact_lock(g.gate)
    ELSE pg_advisory_xact_lock_shared(g.gate)
END
FROM gates AS g
