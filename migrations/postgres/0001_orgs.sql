-- Orgs and their API keys, and what every table after them uses. Run as stet_owner, after ensure_roles.postgres.sql.
--
-- Tenancy (reliability.md): every table with an org has row-level security, enabled and forced, so that it binds the owner
-- too. `tenant` lets the application see the org of its transaction alone. `owner_reads` is for the functions that look
-- across orgs: they run with the rights of stet_owner, and answer ids, counts and times.

-- The database's clock, in whole microseconds: `extract` is exact, and within a transaction the time goes on.
CREATE FUNCTION public.now_us() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;

REVOKE ALL ON FUNCTION public.now_us() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.now_us() TO stet_api, stet_worker;

-- What the triggers that refuse a change say is their argument. They have a WHEN, so that this runs only to refuse.
CREATE FUNCTION public.refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'ST001';
END
$$;

REVOKE ALL ON FUNCTION public.refuse() FROM PUBLIC;

-- Names and ids in text compare by their bytes: the same order on every machine, and cheaper than a locale's.
CREATE TABLE orgs (
    org_id text COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(org_id) BETWEEN 1 AND 63),
    created_at_us bigint NOT NULL
);

ALTER TABLE orgs ENABLE ROW LEVEL SECURITY;
ALTER TABLE orgs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON orgs TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON orgs FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON orgs TO stet_api;
GRANT SELECT ON orgs TO stet_worker;

CREATE TABLE api_keys (
    org_id text COLLATE "C" NOT NULL REFERENCES orgs (org_id),
    key_id text COLLATE "C" NOT NULL CHECK (length(key_id) = 16),
    secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    role text NOT NULL CHECK (role IN ('viewer', 'submitter', 'operator', 'admin')),
    label text NOT NULL,
    created_at_us bigint NOT NULL,
    revoked_at_us bigint,
    PRIMARY KEY (org_id, key_id)
);

-- The one index that does not begin with the org: a key is looked up before its org is known.
CREATE UNIQUE INDEX api_keys_by_id ON api_keys (key_id);
CREATE INDEX api_keys_by_created ON api_keys (org_id, created_at_us, key_id);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_keys TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON api_keys FOR SELECT TO stet_owner USING (true);

-- A worker answers no client: it has no business with keys.
GRANT SELECT, INSERT ON api_keys TO stet_api;
GRANT UPDATE (revoked_at_us) ON api_keys TO stet_api;

-- The one read that comes before an org is known: what a login needs, for the key of exactly that id.
CREATE FUNCTION public.find_api_key(wanted text) RETURNS TABLE (
    org_id text, key_id text, secret_hash bytea, role text, label text, created_at_us bigint, revoked_at_us bigint
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = ''
AS $$
    SELECT k.org_id, k.key_id, k.secret_hash, k.role, k.label, k.created_at_us, k.revoked_at_us
    FROM public.api_keys AS k
    WHERE k.key_id = wanted
$$;

REVOKE ALL ON FUNCTION public.find_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.find_api_key(text) TO stet_api;

-- Both roles compare the schema with their build. The table is the migrator's, which makes it before the first migration.
GRANT SELECT ON _sqlx_migrations TO stet_api, stet_worker;
