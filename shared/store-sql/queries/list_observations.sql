-- Of the runs that were answered, by lock epoch and by what answered: how many, and the first of each.
SELECT
    o.lock_epoch, o.model_version_effective, o.model_fingerprint, o.drift_kind, o.runs, o.run_id, o.batch_run_index, o.locale,
    o.grounding_mode, o.replicate_index, o.recorded_at_us
FROM (
    SELECT
        r.lock_epoch, r.model_version_effective, r.model_fingerprint, r.drift_kind, r.run_id, r.batch_run_index, r.locale,
        r.grounding_mode, r.replicate_index, coalesce(r.recorded_at_us, r.finished_at_us) AS recorded_at_us,
        count(*) OVER (
            PARTITION BY r.lock_epoch, r.model_version_effective, r.model_fingerprint, r.drift_kind
        ) AS runs,
        row_number() OVER (
            PARTITION BY r.lock_epoch, r.model_version_effective, r.model_fingerprint, r.drift_kind
            ORDER BY coalesce(r.recorded_at_us, r.finished_at_us), r.run_id
        ) AS place
    FROM runs AS r
    WHERE r.org_id = $1 AND r.batch_id = $2 AND r.model_version_effective IS NOT NULL AND r.batch_run_index >= 0
) AS o
WHERE o.place = 1
ORDER BY o.recorded_at_us, o.run_id
LIMIT $3
