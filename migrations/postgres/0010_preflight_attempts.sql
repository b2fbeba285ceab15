-- Tries at a preflight and the exchanges in them: append-only. A try's row stands before its provider call (reliability.md, I6).
CREATE TABLE preflight_attempts (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    fence bigint NOT NULL CHECK (fence > 0),
    worker text NOT NULL,
    started_at_us bigint NOT NULL,
    finished_at_us bigint,
    outcome text CHECK (outcome IN ('recorded', 'retried', 'fenced', 'lost', 'released')),
    error_code text,
    error_detail text,
    PRIMARY KEY (org_id, batch_id, fence),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK ((outcome IS NULL) = (finished_at_us IS NULL))
);

ALTER TABLE preflight_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE preflight_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON preflight_attempts TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON preflight_attempts FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON preflight_attempts TO stet_api;
GRANT SELECT, INSERT ON preflight_attempts TO stet_worker;
GRANT UPDATE (finished_at_us, outcome, error_code, error_detail) ON preflight_attempts TO stet_worker;

CREATE TRIGGER preflight_attempts_begin_never_changes
BEFORE UPDATE OF org_id, batch_id, fence, worker, started_at_us ON preflight_attempts
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the begin of a preflight attempt never changes');

-- `lost` is what the next claim concludes from an expired lease; the worker's own late word, `fenced`, may replace it.
CREATE TRIGGER preflight_attempts_end_once BEFORE UPDATE ON preflight_attempts
FOR EACH ROW
WHEN (OLD.outcome IS NOT NULL AND (OLD.outcome = 'lost' AND NEW.outcome = 'fenced') IS NOT TRUE)
EXECUTE FUNCTION public.refuse('stet: a preflight attempt ends once');

CREATE TRIGGER preflight_attempts_never_vanish BEFORE DELETE ON preflight_attempts
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: preflight attempts are never deleted');

CREATE TRIGGER preflight_attempts_never_emptied BEFORE TRUNCATE ON preflight_attempts
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: preflight attempts are never deleted');

CREATE TABLE preflight_exchanges (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    fence bigint NOT NULL,
    ordinal bigint NOT NULL CHECK (ordinal >= 0),
    purpose text NOT NULL CHECK (purpose IN ('probe', 'canary')),
    request_sha256 bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
    request_body bytea NOT NULL,
    reply_status bigint CHECK (reply_status BETWEEN 100 AND 999),
    provider_request_id text,
    reply_body bytea NOT NULL,
    latency_ms bigint NOT NULL CHECK (latency_ms >= 0),
    PRIMARY KEY (org_id, batch_id, fence, ordinal),
    FOREIGN KEY (org_id, batch_id, fence) REFERENCES preflight_attempts (org_id, batch_id, fence)
);

ALTER TABLE preflight_exchanges ENABLE ROW LEVEL SECURITY;
ALTER TABLE preflight_exchanges FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON preflight_exchanges TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON preflight_exchanges FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON preflight_exchanges TO stet_api;
GRANT SELECT, INSERT ON preflight_exchanges TO stet_worker;

CREATE TRIGGER preflight_exchanges_never_change BEFORE UPDATE ON preflight_exchanges
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: preflight exchanges never change');

CREATE TRIGGER preflight_exchanges_never_vanish BEFORE DELETE ON preflight_exchanges
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: preflight exchanges are never deleted');

CREATE TRIGGER preflight_exchanges_never_emptied BEFORE TRUNCATE ON preflight_exchanges
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: preflight exchanges are never deleted');
