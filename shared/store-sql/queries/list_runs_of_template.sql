SELECT
    r.org_id, r.run_id, r.template_id, r.batch_id, r.batch_run_index, r.rerun_index, r.locale, r.locale_index,
    r.grounding_mode, r.replicate_index, r.inputs_sha256, r.created_at_us, r.status, r.available_at_us, r.fence,
    r.lease_until_us, r.retry_index, r.crash_count, r.lock_epoch, r.finished_at_us, r.error_code, r.error_detail,
    r.drift_kind, r.model_version_effective, r.model_fingerprint, r.search_performed, r.grounded_effective,
    r.why_not_grounded, r.response_output_sha256, r.output_json_valid, r.als_block_sha256, r.als_variant_id,
    r.usage_input, r.usage_output, r.usage_cached, r.usage_reasoning, r.usage_tool_use, r.run_sha256, r.record_hmac,
    r.record_key_id
FROM runs AS r
WHERE
    r.org_id = $1 AND r.template_id = $6
    AND (r.created_at_us, r.run_id) < ($2, $3)
    AND r.created_at_us >= $4
    AND ($5 IS NULL OR r.batch_id = $5)
    AND ($7 IS NULL OR r.status = $7)
    AND ($8 IS NULL OR r.locale = $8)
    AND ($9 IS NULL OR r.grounding_mode = $9)
    AND ($10 IS NULL OR r.response_output_sha256 = $10)
    AND ($11 IS NULL OR r.model_version_effective = $11)
ORDER BY r.created_at_us DESC, r.run_id DESC
LIMIT $12
