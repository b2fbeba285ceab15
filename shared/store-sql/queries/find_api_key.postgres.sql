SELECT org_id, key_id, secret_hash, role, label, created_at_us, revoked_at_us
FROM public.find_api_key($1)
