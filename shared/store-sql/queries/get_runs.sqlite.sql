SELECT
    r.org_id, r.run_id, r.template_id, r.batch_id, r.batch_run_index, r.rerun_index, r.locale, r.locale_index,
    r.grounding_mode, r.replicate_index, r.inputs_sha256, r.created_at_us, r.status, r.available_at_us, r.fence,
    r.lease_until_us, r.retry_index, r.crash_count, r.lock_epoch, r.finished_at_us, r.error_code, r.error_detail,
    r.drift_kind, r.model_version_effective, r.model_fingerprint, r.search_performed, r.grounded_effective,
    r.why_not_grounded, r.response_output_sha256, r.output_json_valid, r.als_block_sha256, r.als_variant_id,
    r.usage_input, r.usage_output, r.usage_cached, r.usage_reasoning, r.usage_tool_use, r.run_sha256, r.record_hmac,
    r.record_key_id,
    coalesce(r.inputs, b.inputs) AS inputs,
    o.output, o.step1_text, o.als_block_text, o.sealed_exchanges, o.provenance
FROM json_each($2) AS k
CROSS JOIN runs AS r
LEFT JOIN batches AS b ON b.org_id = r.org_id AND b.batch_id = r.batch_id
LEFT JOIN run_outputs AS o ON o.org_id = r.org_id AND o.run_id = r.run_id
WHERE r.org_id = $1 AND r.run_id = unhex(k.value)
ORDER BY k.key
