-- Templates: written once, never changed.
CREATE TABLE templates (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    template_id BLOB NOT NULL CHECK (length(template_id) = 16),
    name TEXT NOT NULL,
    template_sha256 BLOB NOT NULL CHECK (length(template_sha256) = 32),
    canonical BLOB NOT NULL,
    provider TEXT NOT NULL CHECK (provider IN ('openai', 'gemini', 'vertex')),
    model_version_constraint TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    record_hmac BLOB NOT NULL CHECK (length(record_hmac) = 32),
    record_key_id TEXT NOT NULL,
    PRIMARY KEY (org_id, template_id),
    UNIQUE (org_id, template_sha256)
) STRICT;

CREATE INDEX templates_by_created ON templates (org_id, created_at_us, template_id);

CREATE TRIGGER templates_never_change BEFORE UPDATE ON templates
BEGIN
    SELECT RAISE(ABORT, 'stet: templates never change');
END;

CREATE TRIGGER templates_never_vanish BEFORE DELETE ON templates
BEGIN
    SELECT RAISE(ABORT, 'stet: templates are never deleted');
END;
