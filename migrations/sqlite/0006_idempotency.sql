-- Idempotency records: the key and its effect in one transaction (api.md, "Conventions").
CREATE TABLE idempotency_keys (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    body BLOB NOT NULL,
    resource_kind TEXT NOT NULL CHECK (resource_kind IN ('template', 'batch', 'run')),
    resource_id BLOB NOT NULL CHECK (length(resource_id) = 16),
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, key)
) STRICT;

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (org_id, expires_at_us);
