-- Idempotency records: the key and its effect in one transaction (api.md, "Conventions").
CREATE TABLE idempotency_keys (
    org_id text COLLATE "C" NOT NULL REFERENCES orgs (org_id),
    key text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    body bytea NOT NULL,
    resource_kind text NOT NULL,
    resource_id bytea NOT NULL CHECK (octet_length(resource_id) = 16),
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    PRIMARY KEY (org_id, key),
    CONSTRAINT idempotency_keys_resource_kind CHECK (resource_kind IN ('template', 'batch', 'run'))
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (org_id, expires_at_us);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_keys TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
-- Pruning locks and deletes across orgs, and writes nothing.
CREATE POLICY owner_prunes ON idempotency_keys TO stet_owner USING (true) WITH CHECK (false);

-- An expired record's place is taken by the next of its key.
GRANT SELECT, INSERT ON idempotency_keys TO stet_api;
GRANT UPDATE (fingerprint, body, resource_kind, resource_id, created_at_us, expires_at_us)
    ON idempotency_keys TO stet_api;

-- Forgets records that expired before `now_us`, at most `most`; answers one row for each, so that they are counted as the
-- rows of a DELETE are. A record that another transaction is renewing is left alone.
CREATE FUNCTION public.prune_idempotency(now_us bigint, most bigint) RETURNS TABLE (expired_at_us bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH expired AS MATERIALIZED (
        SELECT x.org_id, x.key
        FROM public.orgs AS o
        CROSS JOIN LATERAL (
            SELECT k.org_id, k.key
            FROM public.idempotency_keys AS k
            WHERE k.org_id = o.org_id AND k.expires_at_us <= prune_idempotency.now_us
            ORDER BY k.expires_at_us
            LIMIT most
            FOR UPDATE SKIP LOCKED
        ) AS x
        LIMIT most
    )
    DELETE FROM public.idempotency_keys AS k
    USING expired AS x
    WHERE k.org_id = x.org_id AND k.key = x.key
    RETURNING k.expires_at_us
$$;

REVOKE ALL ON FUNCTION public.prune_idempotency(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.prune_idempotency(bigint, bigint) TO stet_worker;
