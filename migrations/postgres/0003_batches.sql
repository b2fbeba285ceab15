-- Batches: an unchanging definition; the control row that claims read and the counter row that commits write are
-- apart (reliability.md rule 5); lock epochs are append-only.
CREATE TABLE batches (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL CHECK (octet_length(batch_id) = 16),
    template_id bytea NOT NULL,
    batch_sha256 bytea NOT NULL CHECK (octet_length(batch_sha256) = 32),
    plan_sha256 bytea NOT NULL CHECK (octet_length(plan_sha256) = 32),
    locales text NOT NULL CHECK (json_typeof(locales::json) = 'array'),
    grounding_modes text NOT NULL CHECK (json_typeof(grounding_modes::json) = 'array'),
    replicates bigint NOT NULL CHECK (replicates > 0),
    cells bigint NOT NULL CHECK (cells > 0),
    inputs bytea NOT NULL,
    inputs_sha256 bytea NOT NULL CHECK (octet_length(inputs_sha256) = 32),
    drift_policy text NOT NULL CHECK (drift_policy IN ('hard', 'fail', 'warn')),
    max_parallel bigint CHECK (max_parallel > 0),
    created_by text NOT NULL,
    created_at_us bigint NOT NULL,
    FOREIGN KEY (org_id, template_id) REFERENCES templates (org_id, template_id)
);

CREATE INDEX batches_by_template ON batches (org_id, template_id);
CREATE INDEX batches_by_created ON batches (org_id, created_at_us, batch_id);
-- Last: see templates.
ALTER TABLE batches ADD PRIMARY KEY (org_id, batch_id);

ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE batches FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batches TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON batches FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON batches TO stet_api;
GRANT SELECT ON batches TO stet_worker;

CREATE TRIGGER batches_never_change BEFORE UPDATE ON batches
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the definition of a batch never changes');

CREATE TRIGGER batches_never_vanish BEFORE DELETE ON batches
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: batches are never deleted');

CREATE TRIGGER batches_never_emptied BEFORE TRUNCATE ON batches
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: batches are never deleted');

CREATE TABLE lock_epochs (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    epoch bigint NOT NULL CHECK (epoch > 0),
    model_version text NOT NULL,
    model_fingerprint text,
    lock_version text,
    service_tier text,
    echo_sha256 bytea CHECK (octet_length(echo_sha256) = 32),
    observed_at_us bigint NOT NULL,
    PRIMARY KEY (org_id, batch_id, epoch),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id)
);

ALTER TABLE lock_epochs ENABLE ROW LEVEL SECURITY;
ALTER TABLE lock_epochs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lock_epochs TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON lock_epochs FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON lock_epochs TO stet_api;
GRANT SELECT, INSERT ON lock_epochs TO stet_worker;

CREATE TRIGGER lock_epochs_never_change BEFORE UPDATE ON lock_epochs
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: lock epochs never change');

CREATE TRIGGER lock_epochs_never_vanish BEFORE DELETE ON lock_epochs
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: lock epochs are never deleted');

CREATE TRIGGER lock_epochs_never_emptied BEFORE TRUNCATE ON lock_epochs
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: lock epochs are never deleted');

-- `preflight_due_us` is also the preflight's lease: a claim moves it to the lease's end. A claim of runs locks the row where it
-- stands and writes no version of it; changes are rare and move it within the partial indexes, so that no fillfactor helps.
CREATE TABLE batch_controls (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    status text NOT NULL
        CHECK (status IN ('preflight', 'running', 'paused', 'completed', 'cancelled', 'failed')),
    pause_reason text CHECK (pause_reason IN ('operator', 'drift', 'preflight', 'provider_outage')),
    reason text,
    changed_by text NOT NULL,
    changed_at_us bigint NOT NULL,
    lock_epoch bigint,
    preflight_attempts bigint NOT NULL DEFAULT 0 CHECK (preflight_attempts >= 0),
    preflight_fence bigint NOT NULL DEFAULT 0,
    preflight_worker text,
    preflight_due_us bigint NOT NULL,
    PRIMARY KEY (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id, lock_epoch) REFERENCES lock_epochs (org_id, batch_id, epoch)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((status = 'paused') = (pause_reason IS NOT NULL))
);

CREATE INDEX batch_controls_preflight ON batch_controls (org_id, preflight_due_us) WHERE status = 'preflight';
CREATE INDEX batch_controls_running ON batch_controls (org_id, batch_id) WHERE status = 'running';

ALTER TABLE batch_controls ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_controls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batch_controls TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON batch_controls FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON batch_controls TO stet_api;
GRANT SELECT ON batch_controls TO stet_worker;
-- A row lock needs the right to update a column, too.
GRANT UPDATE (status, pause_reason, reason, changed_by, changed_at_us, lock_epoch, preflight_attempts)
    ON batch_controls TO stet_api;
GRANT UPDATE (
    status, pause_reason, reason, changed_by, changed_at_us, lock_epoch, preflight_attempts, preflight_fence,
    preflight_worker, preflight_due_us
) ON batch_controls TO stet_worker;

CREATE TRIGGER batch_controls_step BEFORE UPDATE OF status ON batch_controls
FOR EACH ROW
WHEN (NEW.status <> OLD.status AND NOT (
    (OLD.status = 'preflight' AND NEW.status IN ('running', 'paused', 'cancelled', 'failed'))
    OR (OLD.status = 'running' AND NEW.status IN ('paused', 'cancelled', 'completed'))
    OR (OLD.status = 'paused' AND NEW.status IN ('running', 'cancelled'))
    OR (OLD.status = 'completed' AND NEW.status = 'running')
))
EXECUTE FUNCTION public.refuse('stet: illegal step of a batch');

CREATE TRIGGER batch_controls_never_vanish BEFORE DELETE ON batch_controls
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the control of a batch is never deleted');

CREATE TRIGGER batch_controls_never_emptied BEFORE TRUNCATE ON batch_controls
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: the control of a batch is never deleted');

-- The key of the lock that stands before a batch's control row. Claims share the row, and who shares a row goes past who waits to
-- change it: under steady claims a pause would wait for ever. Locks by key are granted in turn. Claims share the gate as well
-- (hold_bounded_batches), who changes the row or must see it stand still takes it alone, both before the row and in the order of
-- the ids, and the row's own lock stays what the truth hangs on.
CREATE FUNCTION public.gate(org_id text, batch_id bytea) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT hashtextextended(org_id || ' ' || encode(batch_id, 'hex'), 1) $$;

REVOKE ALL ON FUNCTION public.gate(text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.gate(text, bytea) TO stet_api, stet_worker;

-- Outcomes of current cells. What has not ended is not counted here, so that a claim writes no counter: `queued` and
-- `running` are read from a partial index of `runs`, `pending` is what remains of `cells`.
-- No index covers a counter: every update finds room in its own page (fillfactor) and writes no index. One row may change
-- hundreds of times a second, so the table is vacuumed by that number and not by its size.
CREATE TABLE batch_counters (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    cells bigint NOT NULL CHECK (cells > 0),
    succeeded bigint NOT NULL DEFAULT 0 CHECK (succeeded >= 0),
    failed bigint NOT NULL DEFAULT 0 CHECK (failed >= 0),
    cancelled bigint NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    quarantined bigint NOT NULL DEFAULT 0 CHECK (quarantined >= 0),
    last_finished_at_us bigint,
    PRIMARY KEY (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK (succeeded + failed + cancelled + quarantined <= cells)
) WITH (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_analyze_threshold = 10000
);

ALTER TABLE batch_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batch_counters TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON batch_counters FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON batch_counters TO stet_api;
GRANT SELECT ON batch_counters TO stet_worker;
GRANT UPDATE (succeeded, failed, cancelled, quarantined, last_finished_at_us)
    ON batch_counters TO stet_api, stet_worker;

-- Batches that are `running` with every current run terminal, at most `most`.
CREATE FUNCTION public.finished_batches(most bigint) RETURNS TABLE (org_id text, batch_id bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT c.org_id, c.batch_id
    FROM public.batch_controls AS c
    JOIN public.batch_counters AS n ON n.org_id = c.org_id AND n.batch_id = c.batch_id
    WHERE c.status = 'running' AND n.succeeded + n.failed + n.cancelled + n.quarantined = n.cells
    LIMIT most
$$;

-- Batches whose preflight is due, the longest due first, at most `most`.
CREATE FUNCTION public.due_preflights(most bigint) RETURNS TABLE (org_id text, batch_id bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT c.org_id, c.batch_id
    FROM public.batch_controls AS c
    WHERE c.status = 'preflight' AND c.preflight_due_us <= (SELECT public.now_us())
    ORDER BY c.preflight_due_us, c.batch_id
    LIMIT most
$$;

REVOKE ALL ON FUNCTION public.finished_batches(bigint), public.due_preflights(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.finished_batches(bigint), public.due_preflights(bigint) TO stet_worker;
