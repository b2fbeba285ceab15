-- reliability.md rule 4.
WITH told AS MATERIALIZED (
    SELECT
        decode(k.run, 'hex') AS run_id, k.fence, k.status, k.finished_at_us, k.error_code, k.error_detail,
        k.drift_kind, k.model_version_effective, k.model_fingerprint, k.search_performed::int AS search_performed,
        k.grounded_effective::int AS grounded_effective, k.why_not_grounded,
        decode(k.response_output_sha256, 'hex') AS response_output_sha256,
        k.output_json_valid::int AS output_json_valid, decode(k.als_block_sha256, 'hex') AS als_block_sha256,
        k.als_variant_id, k.usage_input, k.usage_output, k.usage_cached, k.usage_reasoning, k.usage_tool_use,
        decode(k.run_sha256, 'hex') AS run_sha256, decode(k.record_hmac, 'hex') AS record_hmac, k.record_key_id
    FROM json_to_recordset($2::json) AS k (
        run text, fence bigint, status text, finished_at_us bigint, error_code text, error_detail text,
        drift_kind text, model_version_effective text, model_fingerprint text, search_performed boolean,
        grounded_effective boolean, why_not_grounded text, response_output_sha256 text, output_json_valid boolean,
        als_block_sha256 text, als_variant_id text, usage_input bigint, usage_output bigint, usage_cached bigint,
        usage_reasoning bigint, usage_tool_use bigint, run_sha256 text, record_hmac text, record_key_id text
    )
    WHERE k.run = k.run || ''
    ORDER BY run_id
),
held AS MATERIALIZED (
    SELECT k.*
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM runs AS x
        WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence AND x.status || '' = 'running'
        FOR NO KEY UPDATE
    ) AS r
)
UPDATE runs AS r
SET
    status = h.status,
    lease_until_us = NULL,
    finished_at_us = h.finished_at_us,
    -- Nothing is recorded as of a stretch that is sealed, whatever the clock says.
    recorded_at_us = greatest(
        public.now_us(),
        1 + (SELECT s.ends_at_us FROM segments AS s WHERE s.org_id = $1 ORDER BY s.segment DESC LIMIT 1)
    ),
    error_code = h.error_code,
    error_detail = h.error_detail,
    drift_kind = h.drift_kind,
    model_version_effective = h.model_version_effective,
    model_fingerprint = h.model_fingerprint,
    search_performed = h.search_performed,
    grounded_effective = h.grounded_effective,
    why_not_grounded = h.why_not_grounded,
    response_output_sha256 = h.response_output_sha256,
    output_json_valid = h.output_json_valid,
    als_block_sha256 = h.als_block_sha256,
    als_variant_id = h.als_variant_id,
    usage_input = h.usage_input,
    usage_output = h.usage_output,
    usage_cached = h.usage_cached,
    usage_reasoning = h.usage_reasoning,
    usage_tool_use = h.usage_tool_use,
    run_sha256 = h.run_sha256,
    record_hmac = h.record_hmac,
    record_key_id = h.record_key_id
FROM held AS h
WHERE r.org_id = $1 AND r.run_id = h.run_id
RETURNING r.run_id, r.fence, r.batch_id, r.status, r.finished_at_us
