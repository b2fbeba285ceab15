-- Conditions as CASE: of an OR with an unknown parameter the planner thinks that hardly a row remains, and sorts them all.
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
    r.org_id = $1 AND r.batch_id = $5
    AND (r.created_at_us, r.run_id) < ($2, $3)
    AND r.created_at_us >= $4
    AND CASE WHEN $6::bytea IS NULL THEN true ELSE r.template_id = $6 END
    AND CASE WHEN $7::text IS NULL THEN true ELSE r.status = $7 END
    AND CASE WHEN $8::text IS NULL THEN true ELSE r.locale = $8 END
    AND CASE WHEN $9::text IS NULL THEN true ELSE r.grounding_mode = $9 END
    AND CASE WHEN $10::bytea IS NULL THEN true ELSE r.response_output_sha256 = $10 END
    AND CASE WHEN $11::text IS NULL THEN true ELSE r.model_version_effective = $11 END
ORDER BY r.created_at_us DESC, r.run_id DESC
LIMIT $12
