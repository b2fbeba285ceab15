-- Orgs and their API keys.
CREATE TABLE orgs (
    org_id TEXT NOT NULL PRIMARY KEY CHECK (length(org_id) BETWEEN 1 AND 63),
    created_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    key_id TEXT NOT NULL CHECK (length(key_id) = 16),
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'submitter', 'operator', 'admin')),
    label TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    revoked_at_us INTEGER,
    PRIMARY KEY (org_id, key_id)
) STRICT, WITHOUT ROWID;

-- The one index that does not begin with the org: a key is looked up before its org is known.
CREATE UNIQUE INDEX api_keys_by_id ON api_keys (key_id);
CREATE INDEX api_keys_by_created ON api_keys (org_id, created_at_us, key_id);
