SELECT
    r.run_id, r.template_id, r.batch_run_index, r.rerun_index, r.locale, r.locale_index, r.grounding_mode,
    r.replicate_index, r.inputs_sha256, r.status
FROM runs AS r
WHERE r.org_id = $1 AND r.batch_id = $2 AND (r.batch_run_index, r.rerun_index) > ($3, $4)
ORDER BY r.batch_run_index, r.rerun_index
LIMIT $5
