-- The audit log: who changed what, in the transaction that changed it (api.md, `GET /v1/audit`). Append-only.
CREATE TABLE audit_log (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    audit_id BLOB NOT NULL CHECK (length(audit_id) = 16),
    at_us INTEGER NOT NULL,
    -- An API key's id, or `stet` where no person decided.
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    before_change BLOB,
    after_change BLOB,
    PRIMARY KEY (org_id, audit_id)
) STRICT;

CREATE INDEX audit_log_by_at ON audit_log (org_id, at_us, audit_id);

CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'stet: the audit log never changes');
END;

CREATE TRIGGER audit_log_never_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log AS t WHERE t.org_id = NEW.org_id AND t.audit_id = NEW.audit_id)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM audit_log AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: audit_log: the key stands already');
END;

CREATE TRIGGER audit_log_never_shrinks BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'stet: the audit log never shrinks');
END;
