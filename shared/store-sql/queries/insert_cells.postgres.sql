-- One moment for all: what is due at once is told apart by its index. What cells have of their batch is taken from its row.
INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index,
    inputs_sha256, created_at_us, available_at_us
)
SELECT
    b.org_id, decode(c.run, 'hex'), b.template_id, b.batch_id, c.batch_run_index, c.locale, c.locale_index,
    c.grounding_mode, c.replicate_index, b.inputs_sha256, b.created_at_us, (SELECT public.now_us())
FROM json_to_recordset($2::json) AS c (
    run text, batch_run_index bigint, locale text, locale_index bigint, grounding_mode text, replicate_index bigint
)
CROSS JOIN (
    SELECT x.* FROM batches AS x WHERE x.org_id = $1 AND x.batch_id = $3 OFFSET 0
) AS b
