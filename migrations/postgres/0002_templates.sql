-- Templates: written once, never changed.
CREATE TABLE templates (
    org_id text COLLATE "C" NOT NULL REFERENCES orgs (org_id),
    template_id bytea NOT NULL CHECK (octet_length(template_id) = 16),
    name text NOT NULL,
    template_sha256 bytea NOT NULL CHECK (octet_length(template_sha256) = 32),
    canonical bytea NOT NULL,
    provider text NOT NULL CHECK (provider IN ('openai', 'gemini', 'vertex')),
    model_version_constraint text NOT NULL,
    created_by text NOT NULL,
    created_at_us bigint NOT NULL,
    record_hmac bytea NOT NULL CHECK (octet_length(record_hmac) = 32),
    record_key_id text NOT NULL
);

-- The primary key comes last: of indexes that look equally good the planner takes the one made last, and in a database that was
-- never analysed every index that begins with the org looks as good as the key. Plans are kept, those of foreign keys too.
CREATE INDEX templates_by_created ON templates (org_id, created_at_us, template_id);
ALTER TABLE templates ADD UNIQUE (org_id, template_sha256);
ALTER TABLE templates ADD PRIMARY KEY (org_id, template_id);

ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON templates TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON templates FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON templates TO stet_api;
GRANT SELECT ON templates TO stet_worker;

CREATE TRIGGER templates_never_change BEFORE UPDATE ON templates
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: templates never change');

CREATE TRIGGER templates_never_vanish BEFORE DELETE ON templates
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: templates are never deleted');

-- TRUNCATE goes past the triggers of rows.
CREATE TRIGGER templates_never_emptied BEFORE TRUNCATE ON templates
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: templates are never deleted');
