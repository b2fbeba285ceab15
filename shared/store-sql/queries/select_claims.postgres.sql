WITH told AS MATERIALIZED (
    SELECT k.place, decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) WITH ORDINALITY AS k (run, place)
)
SELECT
    r.org_id, r.run_id, r.template_id, r.batch_id, r.batch_run_index, r.rerun_index, r.locale, r.locale_index,
    r.grounding_mode, r.replicate_index, r.inputs_sha256, r.created_at_us, r.status, r.available_at_us, r.fence,
    r.lease_until_us, r.retry_index, r.crash_count, r.lock_epoch, r.finished_at_us, r.error_code, r.error_detail,
    r.drift_kind, r.model_version_effective, r.model_fingerprint, r.search_performed, r.grounded_effective,
    r.why_not_grounded, r.response_output_sha256, r.output_json_valid, r.als_block_sha256, r.als_variant_id,
    r.usage_input, r.usage_output, r.usage_cached, r.usage_reasoning, r.usage_tool_use, r.run_sha256, r.record_hmac,
    r.record_key_id,
    coalesce(r.inputs, b.inputs) AS inputs,
    b.batch_sha256, b.drift_policy, coalesce(r.traceparent, b.traceparent) AS traceparent,
    l.epoch, l.model_version, l.model_fingerprint AS lock_fingerprint, l.lock_version, l.service_tier,
    l.echo_sha256, l.tools_echo_sha256, l.listed, l.listed_mark, l.canary_sha256, l.observed_at_us
FROM told AS k
CROSS JOIN LATERAL (
    SELECT x.* FROM runs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id OFFSET 0
) AS r
LEFT JOIN LATERAL (
    SELECT x.* FROM batches AS x WHERE x.org_id = $1 AND x.batch_id = r.batch_id OFFSET 0
) AS b ON true
LEFT JOIN LATERAL (
    SELECT x.* FROM lock_epochs AS x WHERE x.org_id = $1 AND x.batch_id = r.batch_id AND x.epoch = r.lock_epoch OFFSET 0
) AS l ON true
ORDER BY k.place
