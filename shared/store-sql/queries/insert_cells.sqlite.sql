WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
)
INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index,
    inputs_sha256, created_at_us, available_at_us
)
SELECT
    $1, unhex(c.row ->> 'run'), $3, $4, c.row ->> 'batch_run_index', c.row ->> 'locale',
    c.row ->> 'locale_index', c.row ->> 'grounding_mode', c.row ->> 'replicate_index',
    $5, $6, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
FROM told AS c
