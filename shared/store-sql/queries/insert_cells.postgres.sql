-- One moment for all: what is due at once is told apart by its index. What cells have of their batch is taken from its row.
INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index,
    inputs_sha256, created_at_us, available_at_us
)
SELECT
    b.org_id, c.run_id, b.template_id, b.batch_id, c.batch_run_index, c.locale, c.locale_index,
    c.grounding_mode, c.replicate_index, b.inputs_sha256, b.created_at_us, (SELECT public.now_us())
FROM unnest($2::bytea[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
    AS c (run_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index)
CROSS JOIN (
    SELECT x.* FROM batches AS x WHERE x.org_id = $1 AND x.batch_id = $8 OFFSET 0
) AS b
