-- Schedules: recurring batches, exactly one a due time. The definition never changes; `next_due_us` is the first due time that nothing is told
-- of, and who moves it holds the row and writes what became of the time in the same transaction.
CREATE TABLE schedules (
    org_id TEXT NOT NULL,
    schedule_id BLOB NOT NULL CHECK (length(schedule_id) = 16),
    template_id BLOB NOT NULL,
    name TEXT NOT NULL,
    cron TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    catch_up TEXT NOT NULL CHECK (catch_up IN ('latest', 'all')),
    batch BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    next_due_us INTEGER,
    reason TEXT,
    changed_by TEXT NOT NULL,
    changed_at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, schedule_id),
    FOREIGN KEY (org_id, template_id) REFERENCES templates (org_id, template_id)
) STRICT;

CREATE INDEX schedules_by_template ON schedules (org_id, template_id);
CREATE INDEX schedules_by_created ON schedules (org_id, created_at_us, schedule_id);
CREATE INDEX schedules_due ON schedules (org_id, next_due_us) WHERE state = 'active';
CREATE INDEX schedules_open ON schedules (org_id) WHERE state <> 'ended';

CREATE TRIGGER schedules_keep_their_definition
BEFORE UPDATE OF
    org_id, schedule_id, template_id, name, cron, time_zone, catch_up, batch, created_by, created_at_us
ON schedules
BEGIN
    SELECT RAISE(ABORT, 'stet: the definition of a schedule never changes');
END;

CREATE TRIGGER schedules_end_once BEFORE UPDATE ON schedules
WHEN OLD.state = 'ended'
BEGIN
    SELECT RAISE(ABORT, 'stet: an ended schedule never changes');
END;

CREATE TRIGGER schedules_never_replaced BEFORE INSERT ON schedules
WHEN EXISTS (SELECT 1 FROM schedules AS t WHERE t.org_id = NEW.org_id AND t.schedule_id = NEW.schedule_id)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM schedules AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: schedules: the key stands already');
END;

CREATE TRIGGER schedules_never_vanish BEFORE DELETE ON schedules
BEGIN
    SELECT RAISE(ABORT, 'stet: schedules are never deleted');
END;

-- What became of each due time; one row tells of a stretch of times that made no batch. Append-only: its key is what lets one batch a due time
-- and no second one be.
CREATE TABLE schedule_fires (
    org_id TEXT NOT NULL,
    schedule_id BLOB NOT NULL,
    due_at_us INTEGER NOT NULL,
    through_at_us INTEGER NOT NULL CHECK (through_at_us >= due_at_us),
    due_times INTEGER NOT NULL CHECK (due_times > 0),
    outcome TEXT NOT NULL CHECK (outcome IN ('fired', 'failed', 'missed', 'paused')),
    batch_id BLOB,
    error_code TEXT,
    error_detail TEXT,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, schedule_id, due_at_us),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedules (org_id, schedule_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK ((outcome = 'fired') = (batch_id IS NOT NULL)),
    CHECK ((outcome = 'failed') = (error_code IS NOT NULL)),
    CHECK (outcome IN ('missed', 'paused') OR (due_times = 1 AND through_at_us = due_at_us))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX schedule_fires_by_batch ON schedule_fires (org_id, batch_id);

CREATE TRIGGER schedule_fires_never_change BEFORE UPDATE ON schedule_fires
BEGIN
    SELECT RAISE(ABORT, 'stet: what became of a due time never changes');
END;

CREATE TRIGGER schedule_fires_never_replaced BEFORE INSERT ON schedule_fires
WHEN EXISTS (
    SELECT 1 FROM schedule_fires AS t
    WHERE
        t.org_id = NEW.org_id
        AND ((t.schedule_id = NEW.schedule_id AND t.due_at_us = NEW.due_at_us) OR t.batch_id = NEW.batch_id)
)
BEGIN
    SELECT RAISE(ABORT, 'stet: schedule_fires: the key stands already');
END;

CREATE TRIGGER schedule_fires_never_vanish BEFORE DELETE ON schedule_fires
BEGIN
    SELECT RAISE(ABORT, 'stet: what became of a due time is never deleted');
END;

-- The making of a schedule may be repeated too.
CREATE TABLE idempotency_keys_with_schedules (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    body BLOB NOT NULL,
    resource_kind TEXT NOT NULL CHECK (resource_kind IN ('template', 'batch', 'run', 'api_key', 'schedule')),
    resource_id BLOB NOT NULL CHECK (length(resource_id) = 16),
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, key)
) STRICT;

INSERT INTO idempotency_keys_with_schedules
SELECT org_id, key, fingerprint, body, resource_kind, resource_id, created_at_us, expires_at_us FROM idempotency_keys;

DROP TABLE idempotency_keys;
ALTER TABLE idempotency_keys_with_schedules RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (org_id, expires_at_us);

-- An idempotency record may be of a schedule now, which builds of before cannot read.
UPDATE schema_floor SET least_migration = 26;
