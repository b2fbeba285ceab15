-- Tries at a preflight and the exchanges in them: append-only. A try's row stands before its provider call (reliability.md, I6).
CREATE TABLE preflight_attempts (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    fence INTEGER NOT NULL CHECK (fence > 0),
    worker TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    finished_at_us INTEGER,
    outcome TEXT CHECK (outcome IN ('recorded', 'retried', 'fenced', 'lost', 'released')),
    error_code TEXT,
    error_detail TEXT,
    PRIMARY KEY (org_id, batch_id, fence),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK ((outcome IS NULL) = (finished_at_us IS NULL))
) STRICT;

CREATE TRIGGER preflight_attempts_begin_never_changes
BEFORE UPDATE OF org_id, batch_id, fence, worker, started_at_us ON preflight_attempts
BEGIN
    SELECT RAISE(ABORT, 'stet: the begin of a preflight attempt never changes');
END;

-- `lost` is what the next claim concludes from an expired lease; the worker's own late word, `fenced`, may replace it.
CREATE TRIGGER preflight_attempts_end_once BEFORE UPDATE ON preflight_attempts
WHEN OLD.outcome IS NOT NULL AND (OLD.outcome = 'lost' AND NEW.outcome = 'fenced') IS NOT TRUE
BEGIN
    SELECT RAISE(ABORT, 'stet: a preflight attempt ends once');
END;

CREATE TRIGGER preflight_attempts_never_replaced BEFORE INSERT ON preflight_attempts
WHEN EXISTS (SELECT 1 FROM preflight_attempts AS t WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id AND t.fence = NEW.fence)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM preflight_attempts AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: preflight_attempts: the key stands already');
END;

CREATE TRIGGER preflight_attempts_never_vanish BEFORE DELETE ON preflight_attempts
BEGIN
    SELECT RAISE(ABORT, 'stet: preflight attempts are never deleted');
END;

CREATE TABLE preflight_exchanges (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    fence INTEGER NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    purpose TEXT NOT NULL CHECK (purpose IN ('probe', 'canary')),
    request_sha256 BLOB NOT NULL CHECK (length(request_sha256) = 32),
    request_body BLOB NOT NULL,
    reply_status INTEGER CHECK (reply_status BETWEEN 100 AND 999),
    provider_request_id TEXT,
    reply_body BLOB NOT NULL,
    latency_ms INTEGER NOT NULL CHECK (latency_ms >= 0),
    PRIMARY KEY (org_id, batch_id, fence, ordinal),
    FOREIGN KEY (org_id, batch_id, fence) REFERENCES preflight_attempts (org_id, batch_id, fence)
) STRICT;

CREATE TRIGGER preflight_exchanges_never_change BEFORE UPDATE ON preflight_exchanges
BEGIN
    SELECT RAISE(ABORT, 'stet: preflight exchanges never change');
END;

CREATE TRIGGER preflight_exchanges_never_replaced BEFORE INSERT ON preflight_exchanges
WHEN EXISTS (SELECT 1 FROM preflight_exchanges AS t WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id AND t.fence = NEW.fence AND t.ordinal = NEW.ordinal)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM preflight_exchanges AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: preflight_exchanges: the key stands already');
END;

CREATE TRIGGER preflight_exchanges_never_vanish BEFORE DELETE ON preflight_exchanges
BEGIN
    SELECT RAISE(ABORT, 'stet: preflight exchanges are never deleted');
END;
