INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode,
    replicate_index, inputs_sha256, created_at_us, available_at_us
)
SELECT
    $1, unhex(c.value ->> 'run'), r.template_id, r.batch_id, r.batch_run_index, r.rerun_index + 1, r.locale, r.locale_index,
    r.grounding_mode, r.replicate_index, r.inputs_sha256, $3, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
FROM json_each($2) AS c
CROSS JOIN runs AS r
WHERE r.org_id = $1 AND r.run_id = unhex(c.value ->> 'follows')
