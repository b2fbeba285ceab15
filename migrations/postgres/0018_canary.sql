-- What a lock records beside version and fingerprint: the echo of the tools, what the provider's list says of the model, and the digest of what the
-- canary prompts brought. All are null in epochs that were sealed before (providers.md, "Version, fingerprint, drift").
ALTER TABLE lock_epochs ADD COLUMN tools_echo_sha256 bytea CHECK (octet_length(tools_echo_sha256) = 32);
ALTER TABLE lock_epochs ADD COLUMN listed text CHECK (listed IN ('marked', 'unmarked', 'unlisted', 'unavailable'));
ALTER TABLE lock_epochs ADD COLUMN listed_mark text;
ALTER TABLE lock_epochs ADD COLUMN canary_sha256 bytea CHECK (octet_length(canary_sha256) = 32);

-- Looks at the canary prompts of a template, one for each preflight and resume that passed: append-only. `lock_epoch` is the epoch that it opened, or
-- that a resume under the same lock let go on.
CREATE TABLE canary_looks (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    preflight_fence bigint NOT NULL,
    lock_epoch bigint NOT NULL,
    outcomes bytea NOT NULL,
    observed_at_us bigint NOT NULL,
    sealed_exchanges bytea NOT NULL,
    record_hmac bytea NOT NULL CHECK (octet_length(record_hmac) = 32),
    record_key_id text NOT NULL,
    PRIMARY KEY (org_id, batch_id, preflight_fence),
    FOREIGN KEY (org_id, batch_id, preflight_fence) REFERENCES preflight_attempts (org_id, batch_id, fence),
    FOREIGN KEY (org_id, batch_id, lock_epoch) REFERENCES lock_epochs (org_id, batch_id, epoch)
);

ALTER TABLE canary_looks ENABLE ROW LEVEL SECURITY;
ALTER TABLE canary_looks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON canary_looks TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON canary_looks FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON canary_looks TO stet_api;
GRANT SELECT, INSERT ON canary_looks TO stet_worker;

CREATE TRIGGER canary_looks_never_change BEFORE UPDATE ON canary_looks
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: canary looks never change');

CREATE TRIGGER canary_looks_never_vanish BEFORE DELETE ON canary_looks
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: canary looks are never deleted');

CREATE TRIGGER canary_looks_never_emptied BEFORE TRUNCATE ON canary_looks
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: canary looks are never deleted');
