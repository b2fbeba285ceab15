-- Attempts and the exchanges in them: append-only. An attempt's row stands before its first provider call. Neither has a foreign key
-- (see run_outputs).
-- An attempt changes once, at its end, and no index covers what changes then: the room that its page keeps (fillfactor) takes
-- the second version, and no index is written.
CREATE TABLE attempts (
    org_id text COLLATE "C" NOT NULL,
    run_id bytea NOT NULL,
    fence bigint NOT NULL CHECK (fence > 0),
    worker text NOT NULL,
    started_at_us bigint NOT NULL,
    finished_at_us bigint,
    outcome text CHECK (outcome IN ('recorded', 'retried', 'fenced', 'lost', 'released')),
    error_code text,
    error_detail text,
    PRIMARY KEY (org_id, run_id, fence),
    CHECK ((outcome IS NULL) = (finished_at_us IS NULL))
) WITH (fillfactor = 60);

ALTER TABLE attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON attempts TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON attempts FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON attempts TO stet_api;
GRANT SELECT, INSERT ON attempts TO stet_worker;
GRANT UPDATE (finished_at_us, outcome, error_code, error_detail) ON attempts TO stet_worker;

CREATE TRIGGER attempts_begin_never_changes BEFORE UPDATE OF org_id, run_id, fence, worker, started_at_us ON attempts
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the begin of an attempt never changes');

-- `lost` is what the sweeper concludes from an expired lease; the worker's own late word, `fenced`, may replace it.
CREATE TRIGGER attempts_end_once BEFORE UPDATE ON attempts
FOR EACH ROW
WHEN (OLD.outcome IS NOT NULL AND (OLD.outcome = 'lost' AND NEW.outcome = 'fenced') IS NOT TRUE)
EXECUTE FUNCTION public.refuse('stet: an attempt ends once');

CREATE TRIGGER attempts_never_vanish BEFORE DELETE ON attempts
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: attempts are never deleted');

CREATE TRIGGER attempts_never_emptied BEFORE TRUNCATE ON attempts
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: attempts are never deleted');

CREATE TABLE exchanges (
    org_id text COLLATE "C" NOT NULL,
    run_id bytea NOT NULL,
    fence bigint NOT NULL,
    ordinal bigint NOT NULL CHECK (ordinal >= 0),
    purpose text NOT NULL CHECK (purpose IN ('answer', 'provoker', 'step2')),
    request_sha256 bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
    request_body bytea NOT NULL,
    reply_status bigint CHECK (reply_status BETWEEN 100 AND 999),
    provider_request_id text,
    reply_body bytea NOT NULL,
    latency_ms bigint NOT NULL CHECK (latency_ms >= 0),
    PRIMARY KEY (org_id, run_id, fence, ordinal)
);

ALTER TABLE exchanges ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchanges FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON exchanges TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON exchanges FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON exchanges TO stet_api;
GRANT SELECT, INSERT ON exchanges TO stet_worker;

CREATE TRIGGER exchanges_never_change BEFORE UPDATE ON exchanges
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: exchanges never change');

CREATE TRIGGER exchanges_never_vanish BEFORE DELETE ON exchanges
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: exchanges are never deleted');

CREATE TRIGGER exchanges_never_emptied BEFORE TRUNCATE ON exchanges
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: exchanges are never deleted');
