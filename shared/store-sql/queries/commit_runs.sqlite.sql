-- reliability.md rule 4.
WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
),
found AS MATERIALIZED (
    SELECT r.rowid AS place, e.row
    FROM told AS e
    CROSS JOIN runs AS r
    WHERE
        r.org_id = $1 AND r.run_id = unhex(e.row ->> 'run') AND r.fence = e.row ->> 'fence' AND r.status = 'running'
)
UPDATE runs
SET
    status = f.row ->> 'status',
    lease_until_us = NULL,
    finished_at_us = f.row ->> 'finished_at_us',
    -- Nothing is recorded as of a stretch that is sealed, whatever the clock says.
    recorded_at_us = max(
        CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000,
        coalesce(1 + (SELECT s.ends_at_us FROM segments AS s WHERE s.org_id = $1 ORDER BY s.segment DESC LIMIT 1), 0)
    ),
    error_code = f.row ->> 'error_code',
    error_detail = f.row ->> 'error_detail',
    drift_kind = f.row ->> 'drift_kind',
    model_version_effective = f.row ->> 'model_version_effective',
    model_fingerprint = f.row ->> 'model_fingerprint',
    search_performed = f.row ->> 'search_performed',
    grounded_effective = f.row ->> 'grounded_effective',
    why_not_grounded = f.row ->> 'why_not_grounded',
    response_output_sha256 = unhex(f.row ->> 'response_output_sha256'),
    output_json_valid = f.row ->> 'output_json_valid',
    als_block_sha256 = unhex(f.row ->> 'als_block_sha256'),
    als_variant_id = f.row ->> 'als_variant_id',
    usage_input = f.row ->> 'usage_input',
    usage_output = f.row ->> 'usage_output',
    usage_cached = f.row ->> 'usage_cached',
    usage_reasoning = f.row ->> 'usage_reasoning',
    usage_tool_use = f.row ->> 'usage_tool_use',
    run_sha256 = unhex(f.row ->> 'run_sha256'),
    record_hmac = unhex(f.row ->> 'record_hmac'),
    record_key_id = f.row ->> 'record_key_id'
FROM found AS f
WHERE runs.rowid = f.place
RETURNING run_id, fence, batch_id, status, finished_at_us
