-- One moment for all: what is due at once is told apart by its index.
INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index,
    inputs_sha256, created_at_us, available_at_us
)
SELECT
    $1::text, decode(c.run, 'hex'), $3::bytea, $4::bytea, c.batch_run_index, c.locale, c.locale_index,
    c.grounding_mode, c.replicate_index, $5::bytea, $6::bigint, (SELECT public.now_us())
FROM json_to_recordset($2::json) AS c (
    run text, batch_run_index bigint, locale text, locale_index bigint, grounding_mode text, replicate_index bigint
)
