-- Attempts and the exchanges in them: append-only. An attempt's row stands before its first provider call.
CREATE TABLE attempts (
    org_id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    fence INTEGER NOT NULL CHECK (fence > 0),
    worker TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    finished_at_us INTEGER,
    outcome TEXT CHECK (outcome IN ('recorded', 'retried', 'fenced', 'lost', 'released')),
    error_code TEXT,
    error_detail TEXT,
    PRIMARY KEY (org_id, run_id, fence),
    FOREIGN KEY (org_id, run_id) REFERENCES runs (org_id, run_id),
    CHECK ((outcome IS NULL) = (finished_at_us IS NULL))
) STRICT;

CREATE TRIGGER attempts_begin_never_changes BEFORE UPDATE OF org_id, run_id, fence, worker, started_at_us ON attempts
BEGIN
    SELECT RAISE(ABORT, 'stet: the begin of an attempt never changes');
END;

-- `lost` is what the sweeper concludes from an expired lease; the worker's own late word, `fenced`, may replace it.
CREATE TRIGGER attempts_end_once BEFORE UPDATE ON attempts
WHEN OLD.outcome IS NOT NULL AND NOT (OLD.outcome = 'lost' AND NEW.outcome = 'fenced')
BEGIN
    SELECT RAISE(ABORT, 'stet: an attempt ends once');
END;

CREATE TRIGGER attempts_never_replaced BEFORE INSERT ON attempts
WHEN EXISTS (SELECT 1 FROM attempts AS t WHERE t.org_id = NEW.org_id AND t.run_id = NEW.run_id AND t.fence = NEW.fence)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM attempts AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: attempts: the key stands already');
END;

CREATE TRIGGER attempts_never_vanish BEFORE DELETE ON attempts
BEGIN
    SELECT RAISE(ABORT, 'stet: attempts are never deleted');
END;

CREATE TABLE exchanges (
    org_id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    fence INTEGER NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    purpose TEXT NOT NULL CHECK (purpose IN ('answer', 'provoker', 'step2')),
    request_sha256 BLOB NOT NULL CHECK (length(request_sha256) = 32),
    request_body BLOB NOT NULL,
    reply_status INTEGER CHECK (reply_status BETWEEN 100 AND 999),
    provider_request_id TEXT,
    reply_body BLOB NOT NULL,
    latency_ms INTEGER NOT NULL CHECK (latency_ms >= 0),
    PRIMARY KEY (org_id, run_id, fence, ordinal),
    FOREIGN KEY (org_id, run_id, fence) REFERENCES attempts (org_id, run_id, fence)
) STRICT;

CREATE TRIGGER exchanges_never_change BEFORE UPDATE ON exchanges
BEGIN
    SELECT RAISE(ABORT, 'stet: exchanges never change');
END;

CREATE TRIGGER exchanges_never_replaced BEFORE INSERT ON exchanges
WHEN EXISTS (SELECT 1 FROM exchanges AS t WHERE t.org_id = NEW.org_id AND t.run_id = NEW.run_id AND t.fence = NEW.fence AND t.ordinal = NEW.ordinal)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM exchanges AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: exchanges: the key stands already');
END;

CREATE TRIGGER exchanges_never_vanish BEFORE DELETE ON exchanges
BEGIN
    SELECT RAISE(ABORT, 'stet: exchanges are never deleted');
END;
