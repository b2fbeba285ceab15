-- The making of an API key may be repeated too; its id is 16 characters, which are its 16 bytes here.
CREATE TABLE idempotency_keys_with_api_keys (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    body BLOB NOT NULL,
    resource_kind TEXT NOT NULL CHECK (resource_kind IN ('template', 'batch', 'run', 'api_key')),
    resource_id BLOB NOT NULL CHECK (length(resource_id) = 16),
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, key)
) STRICT;

INSERT INTO idempotency_keys_with_api_keys
SELECT org_id, key, fingerprint, body, resource_kind, resource_id, created_at_us, expires_at_us FROM idempotency_keys;

DROP TABLE idempotency_keys;
ALTER TABLE idempotency_keys_with_api_keys RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (org_id, expires_at_us);
