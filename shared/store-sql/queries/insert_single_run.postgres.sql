INSERT INTO runs (
    org_id, run_id, template_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index, inputs,
    inputs_sha256, created_by, created_at_us, traceparent, available_at_us
)
SELECT t.org_id, $2, t.template_id, 0, $4, 0, $5, 0, $6, $7, $8, $9, $10, public.now_us()
FROM templates AS t
WHERE t.org_id = $1 AND t.template_id = $3
