INSERT INTO runs (
    org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index,
    inputs_sha256, created_at_us, available_at_us
)
SELECT
    $1, unhex(c.value ->> 'run'), $3, $4, c.value ->> 'batch_run_index', c.value ->> 'locale',
    c.value ->> 'locale_index', c.value ->> 'grounding_mode', c.value ->> 'replicate_index',
    $5, $6, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
FROM json_each($2) AS c
