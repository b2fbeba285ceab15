SELECT
    b.org_id, b.batch_id, b.template_id, b.batch_sha256, b.plan_sha256, b.locales, b.grounding_modes,
    b.replicates, b.cells, b.inputs, b.inputs_sha256, b.drift_policy, b.max_parallel, b.created_by, b.created_at_us,
    c.status, c.pause_reason, c.reason, c.changed_by, c.changed_at_us, c.lock_epoch, c.preflight_attempts,
    c.resume_lock, c.resume_version, c.resume_reason, c.resume_by, c.resume_at_us,
    n.succeeded, n.failed, n.cancelled, n.quarantined, n.last_finished_at_us,
    (
        SELECT count(*) FROM runs AS q
        WHERE q.org_id = b.org_id AND q.batch_id = b.batch_id AND q.status = 'queued'
    ) AS queued,
    (
        SELECT count(*) FROM runs AS a
        WHERE a.org_id = b.org_id AND a.batch_id = b.batch_id AND a.status = 'running'
    ) AS running
FROM batches AS b
JOIN batch_controls AS c ON c.org_id = b.org_id AND c.batch_id = b.batch_id
JOIN batch_counters AS n ON n.org_id = b.org_id AND n.batch_id = b.batch_id
WHERE b.org_id = $1 AND b.batch_id = $2
