-- reliability.md rule 4.
WITH found AS MATERIALIZED (
    SELECT r.rowid AS place, e.value AS told
    FROM json_each($2) AS e
    CROSS JOIN runs AS r
    WHERE
        r.org_id = $1 AND r.run_id = unhex(e.value ->> 'run') AND r.fence = e.value ->> 'fence' AND r.status = 'running'
)
UPDATE runs
SET
    status = f.told ->> 'status',
    lease_until_us = NULL,
    finished_at_us = f.told ->> 'finished_at_us',
    error_code = f.told ->> 'error_code',
    error_detail = f.told ->> 'error_detail',
    drift_kind = f.told ->> 'drift_kind',
    model_version_effective = f.told ->> 'model_version_effective',
    model_fingerprint = f.told ->> 'model_fingerprint',
    search_performed = f.told ->> 'search_performed',
    grounded_effective = f.told ->> 'grounded_effective',
    why_not_grounded = f.told ->> 'why_not_grounded',
    response_output_sha256 = unhex(f.told ->> 'response_output_sha256'),
    output_json_valid = f.told ->> 'output_json_valid',
    als_block_sha256 = unhex(f.told ->> 'als_block_sha256'),
    als_variant_id = f.told ->> 'als_variant_id',
    usage_input = f.told ->> 'usage_input',
    usage_output = f.told ->> 'usage_output',
    usage_cached = f.told ->> 'usage_cached',
    usage_reasoning = f.told ->> 'usage_reasoning',
    usage_tool_use = f.told ->> 'usage_tool_use',
    run_sha256 = unhex(f.told ->> 'run_sha256'),
    record_hmac = unhex(f.told ->> 'record_hmac'),
    record_key_id = f.told ->> 'record_key_id'
FROM found AS f
WHERE runs.rowid = f.place
RETURNING run_id, fence, batch_id, status, finished_at_us
