-- Batches: an unchanging definition; the control row that claims read and the counter row that commits write are
-- apart (reliability.md rule 5); lock epochs are append-only.
CREATE TABLE batches (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    template_id BLOB NOT NULL,
    batch_sha256 BLOB NOT NULL CHECK (length(batch_sha256) = 32),
    plan_sha256 BLOB NOT NULL CHECK (length(plan_sha256) = 32),
    locales TEXT NOT NULL CHECK (json_valid(locales)),
    grounding_modes TEXT NOT NULL CHECK (json_valid(grounding_modes)),
    replicates INTEGER NOT NULL CHECK (replicates > 0),
    cells INTEGER NOT NULL CHECK (cells > 0),
    inputs BLOB NOT NULL,
    inputs_sha256 BLOB NOT NULL CHECK (length(inputs_sha256) = 32),
    drift_policy TEXT NOT NULL CHECK (drift_policy IN ('hard', 'fail', 'warn')),
    max_parallel INTEGER CHECK (max_parallel > 0),
    created_by TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, batch_id),
    FOREIGN KEY (org_id, template_id) REFERENCES templates (org_id, template_id)
) STRICT;

CREATE INDEX batches_by_created ON batches (org_id, created_at_us, batch_id);
-- The foreign key to templates is looked up from the other side where one is inserted.
CREATE INDEX batches_by_template ON batches (org_id, template_id);

CREATE TRIGGER batches_never_change BEFORE UPDATE ON batches
BEGIN
    SELECT RAISE(ABORT, 'stet: the definition of a batch never changes');
END;

CREATE TRIGGER batches_never_replaced BEFORE INSERT ON batches
WHEN EXISTS (SELECT 1 FROM batches AS t WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM batches AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: batches: the key stands already');
END;

CREATE TRIGGER batches_never_vanish BEFORE DELETE ON batches
BEGIN
    SELECT RAISE(ABORT, 'stet: batches are never deleted');
END;

CREATE TABLE lock_epochs (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    model_version TEXT NOT NULL,
    model_fingerprint TEXT,
    lock_version TEXT,
    service_tier TEXT,
    echo_sha256 BLOB CHECK (length(echo_sha256) = 32),
    observed_at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, batch_id, epoch),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER lock_epochs_never_change BEFORE UPDATE ON lock_epochs
BEGIN
    SELECT RAISE(ABORT, 'stet: lock epochs never change');
END;

CREATE TRIGGER lock_epochs_never_replaced BEFORE INSERT ON lock_epochs
WHEN EXISTS (SELECT 1 FROM lock_epochs AS t WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id AND t.epoch = NEW.epoch)
BEGIN
    SELECT RAISE(ABORT, 'stet: lock_epochs: the key stands already');
END;

CREATE TRIGGER lock_epochs_never_vanish BEFORE DELETE ON lock_epochs
BEGIN
    SELECT RAISE(ABORT, 'stet: lock epochs are never deleted');
END;

-- `preflight_due_us` is also the preflight's lease: a claim moves it to the lease's end.
CREATE TABLE batch_controls (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('preflight', 'running', 'paused', 'completed', 'cancelled', 'failed')),
    pause_reason TEXT CHECK (pause_reason IN ('operator', 'drift', 'preflight', 'provider_outage')),
    reason TEXT,
    changed_by TEXT NOT NULL,
    changed_at_us INTEGER NOT NULL,
    lock_epoch INTEGER,
    preflight_attempts INTEGER NOT NULL DEFAULT 0 CHECK (preflight_attempts >= 0),
    preflight_fence INTEGER NOT NULL DEFAULT 0,
    preflight_worker TEXT,
    preflight_due_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id, lock_epoch) REFERENCES lock_epochs (org_id, batch_id, epoch)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((status = 'paused') = (pause_reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_controls_preflight ON batch_controls (org_id, preflight_due_us) WHERE status = 'preflight';
CREATE INDEX batch_controls_running ON batch_controls (org_id, batch_id) WHERE status = 'running';

CREATE TRIGGER batch_controls_step BEFORE UPDATE OF status ON batch_controls
WHEN NEW.status <> OLD.status AND NOT (
    (OLD.status = 'preflight' AND NEW.status IN ('running', 'paused', 'cancelled', 'failed'))
    OR (OLD.status = 'running' AND NEW.status IN ('paused', 'cancelled', 'completed'))
    OR (OLD.status = 'paused' AND NEW.status IN ('running', 'cancelled'))
    OR (OLD.status = 'completed' AND NEW.status = 'running')
)
BEGIN
    SELECT RAISE(ABORT, 'stet: illegal step of a batch');
END;

CREATE TRIGGER batch_controls_never_vanish BEFORE DELETE ON batch_controls
BEGIN
    SELECT RAISE(ABORT, 'stet: the control of a batch is never deleted');
END;

-- Outcomes of current cells. What has not ended is not counted here, so that a claim writes no counter: `queued` and
-- `running` are read from a partial index of `runs`, `pending` is what remains of `cells`.
CREATE TABLE batch_counters (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    cells INTEGER NOT NULL CHECK (cells > 0),
    succeeded INTEGER NOT NULL DEFAULT 0 CHECK (succeeded >= 0),
    failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined >= 0),
    last_finished_at_us INTEGER,
    PRIMARY KEY (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK (succeeded + failed + cancelled + quarantined <= cells)
) STRICT;
