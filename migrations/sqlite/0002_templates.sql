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

-- `INSERT OR REPLACE` deletes the row that it clashes with, and no trigger on DELETE hears of it: so nothing is inserted
-- where a row stands, whatever the key that it would clash by. NEW.rowid is -1 where the statement names none.
CREATE TRIGGER templates_never_replaced BEFORE INSERT ON templates
WHEN EXISTS (SELECT 1 FROM templates AS t WHERE t.org_id = NEW.org_id AND t.template_id = NEW.template_id)
    OR EXISTS (SELECT 1 FROM templates AS t WHERE t.org_id = NEW.org_id AND t.template_sha256 = NEW.template_sha256)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM templates AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: templates: the key stands already');
END;

CREATE TRIGGER templates_never_vanish BEFORE DELETE ON templates
BEGIN
    SELECT RAISE(ABORT, 'stet: templates are never deleted');
END;
