WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
)
INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index,
    inputs_sha256, created_at_us, available_at_us
)
SELECT
    b.org_id, unhex(c.row ->> 'run'), b.template_id, b.batch_id, c.row ->> 'batch_run_index', c.row ->> 'locale',
    c.row ->> 'locale_index', c.row ->> 'grounding_mode', c.row ->> 'replicate_index',
    b.inputs_sha256, b.created_at_us, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
FROM batches AS b
CROSS JOIN told AS c
WHERE b.org_id = $1 AND b.batch_id = $3
