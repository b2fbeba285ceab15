-- Those of the batches that look as if no cell were open, in the order of their ids, and no decision on them comes between here and the end of the transaction.
-- They are looked at again in a statement of its own: this one's counters are of before it had them, and cells may have been put back meanwhile.
WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.batch, 'hex') AS batch_id
    FROM json_array_elements_text($2::json) AS k (batch)
    ORDER BY batch_id
),
full_batches AS MATERIALIZED (
    SELECT k.batch_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM batch_counters AS x
        WHERE
            x.org_id = $1 AND x.batch_id = k.batch_id
            AND x.succeeded + x.failed + x.cancelled + x.quarantined = x.cells
        OFFSET 0
    ) AS n
    ORDER BY k.batch_id
),
-- Who has ended cells has their counters locked, which who calls the batch off waits for: it must not wait for them in turn. Where somebody is
-- deciding on the batch, that stands, and what is left to complete is found by finished_batches.
gates AS MATERIALIZED (
    SELECT f.batch_id
    FROM full_batches AS f
    WHERE pg_try_advisory_xact_lock_shared(public.gate($1, f.batch_id))
)
SELECT g.batch_id
FROM gates AS g
CROSS JOIN LATERAL (
    SELECT 1
    FROM batch_controls AS x
    WHERE x.org_id = $1 AND x.batch_id = g.batch_id AND x.status = 'running'
    FOR NO KEY UPDATE
) AS c
