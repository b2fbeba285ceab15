INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode,
    replicate_index, inputs_sha256, created_at_us, available_at_us
)
SELECT
    $1::text, decode(c.run, 'hex'), r.template_id, r.batch_id, r.batch_run_index, r.rerun_index + 1, r.locale, r.locale_index,
    r.grounding_mode, r.replicate_index, r.inputs_sha256, $3::bigint, (SELECT public.now_us())
FROM json_to_recordset($2::json) AS c (run text, follows text)
CROSS JOIN LATERAL (
    SELECT x.*
    FROM runs AS x
    WHERE x.org_id = $1 AND x.run_id = decode(c.follows, 'hex')
    OFFSET 0
) AS r
