-- reliability.md rule 4.
WITH told AS MATERIALIZED (
    SELECT k.*
    FROM unnest(
        $2::bytea[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::bigint[], $12::bigint[], $13::text[], $14::bytea[], $15::bigint[], $16::bytea[], $17::text[], $18::bigint[],
        $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[], $23::bytea[], $24::bytea[], $25::text[]
    ) AS k (
        run_id, fence, status, finished_at_us, error_code, error_detail, drift_kind, model_version_effective,
        model_fingerprint, search_performed, grounded_effective, why_not_grounded, response_output_sha256,
        output_json_valid, als_block_sha256, als_variant_id, usage_input, usage_output, usage_cached, usage_reasoning,
        usage_tool_use, run_sha256, record_hmac, record_key_id
    )
    WHERE k.run_id = k.run_id || ''
    ORDER BY k.run_id
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
