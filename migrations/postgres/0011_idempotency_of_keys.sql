-- The making of an API key may be repeated too; its id is 16 characters, which are its 16 bytes here.
ALTER TABLE idempotency_keys
    DROP CONSTRAINT idempotency_keys_resource_kind,
    ADD CONSTRAINT idempotency_keys_resource_kind CHECK (resource_kind IN ('template', 'batch', 'run', 'api_key'));
