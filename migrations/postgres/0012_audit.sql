-- The audit log: who changed what, in the transaction that changed it (api.md, `GET /v1/audit`). Append-only.
CREATE TABLE audit_log (
    org_id text COLLATE "C" NOT NULL REFERENCES orgs (org_id),
    audit_id bytea NOT NULL CHECK (octet_length(audit_id) = 16),
    at_us bigint NOT NULL,
    -- An API key's id, or `stet` where no person decided.
    actor text NOT NULL,
    operation text NOT NULL,
    subject text NOT NULL,
    before_change bytea,
    after_change bytea,
    PRIMARY KEY (org_id, audit_id)
);

CREATE INDEX audit_log_by_at ON audit_log (org_id, at_us, audit_id);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_log TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON audit_log FOR SELECT TO stet_owner USING (true);

-- A worker pauses batches, and that is written down too; who did what is not its to read.
GRANT SELECT, INSERT ON audit_log TO stet_api;
GRANT INSERT ON audit_log TO stet_worker;

CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the audit log never changes');

CREATE TRIGGER audit_log_never_shrinks BEFORE DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the audit log never shrinks');

CREATE TRIGGER audit_log_never_emptied BEFORE TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: the audit log never shrinks');
