WITH found AS MATERIALIZED (
    SELECT c.rowid AS place, k.value AS told
    FROM json_each($2) AS k
    CROSS JOIN batch_counters AS c
    WHERE c.org_id = $1 AND c.batch_id = unhex(k.value ->> 'batch')
)
UPDATE batch_counters
SET
    succeeded = batch_counters.succeeded + (f.told ->> 'succeeded'),
    failed = batch_counters.failed + (f.told ->> 'failed'),
    cancelled = batch_counters.cancelled + (f.told ->> 'cancelled'),
    quarantined = batch_counters.quarantined + (f.told ->> 'quarantined'),
    last_finished_at_us = max(
        coalesce(batch_counters.last_finished_at_us, f.told ->> 'finished_at_us'), f.told ->> 'finished_at_us'
    )
FROM found AS f
WHERE batch_counters.rowid = f.place
