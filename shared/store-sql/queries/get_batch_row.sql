SELECT
    org_id, batch_id, template_id, batch_sha256, plan_sha256, locales, grounding_modes, replicates, cells, inputs,
    inputs_sha256, drift_policy, max_parallel, created_by, created_at_us
FROM batches
WHERE org_id = $1 AND batch_id = $2
