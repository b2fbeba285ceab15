-- Runs: the unit of truth. A row owns state, lease and fence (reliability.md).
CREATE TABLE runs (
    org_id TEXT NOT NULL,
    run_id BLOB NOT NULL CHECK (length(run_id) = 16),
    template_id BLOB NOT NULL,
    batch_id BLOB,
    batch_run_index INTEGER NOT NULL CHECK (batch_run_index >= 0),
    rerun_index INTEGER NOT NULL DEFAULT 0 CHECK (rerun_index >= 0),
    locale TEXT NOT NULL,
    locale_index INTEGER NOT NULL CHECK (locale_index >= 0),
    grounding_mode TEXT NOT NULL CHECK (grounding_mode IN ('UNGROUNDED', 'PREFERRED', 'REQUIRED')),
    replicate_index INTEGER NOT NULL CHECK (replicate_index >= 0),
    inputs_sha256 BLOB NOT NULL CHECK (length(inputs_sha256) = 32),
    -- Of a single run alone: a cell's stand in its batch.
    inputs BLOB,
    created_by TEXT,
    created_at_us INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'quarantined')),
    available_at_us INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
    lease_until_us INTEGER,
    retry_index INTEGER NOT NULL DEFAULT 0 CHECK (retry_index >= 0),
    crash_count INTEGER NOT NULL DEFAULT 0 CHECK (crash_count >= 0),
    lock_epoch INTEGER,
    finished_at_us INTEGER,
    error_code TEXT,
    error_detail TEXT,
    drift_kind TEXT,
    model_version_effective TEXT,
    model_fingerprint TEXT,
    search_performed INTEGER CHECK (search_performed IN (0, 1)),
    grounded_effective INTEGER CHECK (grounded_effective IN (0, 1)),
    why_not_grounded TEXT,
    response_output_sha256 BLOB CHECK (length(response_output_sha256) = 32),
    output_json_valid INTEGER CHECK (output_json_valid IN (0, 1)),
    als_block_sha256 BLOB CHECK (length(als_block_sha256) = 32),
    als_variant_id TEXT,
    usage_input INTEGER,
    usage_output INTEGER,
    usage_cached INTEGER,
    usage_reasoning INTEGER,
    usage_tool_use INTEGER,
    run_sha256 BLOB CHECK (length(run_sha256) = 32),
    record_hmac BLOB CHECK (length(record_hmac) = 32),
    record_key_id TEXT,
    PRIMARY KEY (org_id, run_id),
    UNIQUE (org_id, batch_id, batch_run_index, rerun_index),
    FOREIGN KEY (org_id, template_id) REFERENCES templates (org_id, template_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    FOREIGN KEY (org_id, batch_id, lock_epoch) REFERENCES lock_epochs (org_id, batch_id, epoch),
    CHECK ((batch_id IS NULL) = (inputs IS NOT NULL)),
    CHECK ((batch_id IS NULL) = (created_by IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until_us IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed', 'cancelled', 'quarantined')) = (finished_at_us IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed', 'quarantined')) = (run_sha256 IS NOT NULL)),
    CHECK ((run_sha256 IS NULL) = (record_hmac IS NULL)),
    CHECK ((record_hmac IS NULL) = (record_key_id IS NULL))
) STRICT;

CREATE INDEX runs_by_batch ON runs (org_id, batch_id, created_at_us, run_id);
CREATE INDEX runs_by_template ON runs (org_id, template_id, created_at_us, run_id);
CREATE INDEX runs_by_created ON runs (org_id, created_at_us, run_id);

-- Small at any moment, whatever the history: only what waits, and only what is under way.
CREATE INDEX runs_waiting ON runs (org_id, batch_id, available_at_us, batch_run_index)
    WHERE status IN ('pending', 'queued');
CREATE INDEX runs_queued ON runs (org_id, batch_id) WHERE status = 'queued';
CREATE INDEX runs_running ON runs (org_id, batch_id) WHERE status = 'running';
CREATE INDEX runs_leased ON runs (org_id, lease_until_us) WHERE status = 'running';

CREATE TRIGGER runs_terminal_never_change BEFORE UPDATE ON runs
WHEN OLD.status IN ('succeeded', 'failed', 'cancelled', 'quarantined')
BEGIN
    SELECT RAISE(ABORT, 'stet: terminal runs never change');
END;

CREATE TRIGGER runs_never_replaced BEFORE INSERT ON runs
WHEN EXISTS (SELECT 1 FROM runs AS t WHERE t.org_id = NEW.org_id AND t.run_id = NEW.run_id)
    OR EXISTS (SELECT 1 FROM runs AS t WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id AND t.batch_run_index = NEW.batch_run_index AND t.rerun_index = NEW.rerun_index)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM runs AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: runs: the key stands already');
END;

CREATE TRIGGER runs_never_vanish BEFORE DELETE ON runs
BEGIN
    SELECT RAISE(ABORT, 'stet: runs are never deleted');
END;

CREATE TRIGGER runs_identity_never_changes BEFORE UPDATE OF
    org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode,
    replicate_index, inputs_sha256, inputs, created_by, created_at_us
ON runs
BEGIN
    SELECT RAISE(ABORT, 'stet: what a run is of never changes');
END;

CREATE TRIGGER runs_step BEFORE UPDATE OF status ON runs
WHEN NEW.status <> OLD.status AND NOT (
    (OLD.status = 'pending' AND NEW.status IN ('queued', 'running', 'cancelled'))
    OR (OLD.status = 'queued' AND NEW.status IN ('pending', 'running', 'cancelled'))
    OR (OLD.status = 'running' AND NEW.status IN ('pending', 'succeeded', 'failed', 'quarantined'))
)
BEGIN
    SELECT RAISE(ABORT, 'stet: illegal step of a run');
END;

CREATE TRIGGER runs_fence_never_falls BEFORE UPDATE OF fence ON runs
WHEN NEW.fence < OLD.fence
BEGIN
    SELECT RAISE(ABORT, 'stet: the fence of a run never falls');
END;

-- The large columns of a terminal run, apart so that lists and claims do not read past them.
CREATE TABLE run_outputs (
    org_id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    output BLOB,
    als_block_text TEXT,
    -- What the seal covers of the recorded attempt's exchanges.
    sealed_exchanges BLOB NOT NULL,
    provenance BLOB NOT NULL,
    PRIMARY KEY (org_id, run_id),
    FOREIGN KEY (org_id, run_id) REFERENCES runs (org_id, run_id)
) STRICT;

CREATE TRIGGER run_outputs_never_change BEFORE UPDATE ON run_outputs
BEGIN
    SELECT RAISE(ABORT, 'stet: outputs never change');
END;

CREATE TRIGGER run_outputs_never_replaced BEFORE INSERT ON run_outputs
WHEN EXISTS (SELECT 1 FROM run_outputs AS t WHERE t.org_id = NEW.org_id AND t.run_id = NEW.run_id)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM run_outputs AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: run_outputs: the key stands already');
END;

CREATE TRIGGER run_outputs_never_vanish BEFORE DELETE ON run_outputs
BEGIN
    SELECT RAISE(ABORT, 'stet: outputs are never deleted');
END;

CREATE TABLE citations (
    org_id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    url_raw TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT,
    domain TEXT,
    class TEXT NOT NULL CHECK (class IN ('web_page', 'provider_widget', 'url_context')),
    span TEXT,
    PRIMARY KEY (org_id, run_id, ordinal),
    FOREIGN KEY (org_id, run_id) REFERENCES run_outputs (org_id, run_id)
) STRICT;

CREATE TRIGGER citations_never_change BEFORE UPDATE ON citations
BEGIN
    SELECT RAISE(ABORT, 'stet: citations never change');
END;

CREATE TRIGGER citations_never_replaced BEFORE INSERT ON citations
WHEN EXISTS (SELECT 1 FROM citations AS t WHERE t.org_id = NEW.org_id AND t.run_id = NEW.run_id AND t.ordinal = NEW.ordinal)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM citations AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: citations: the key stands already');
END;

CREATE TRIGGER citations_never_vanish BEFORE DELETE ON citations
BEGIN
    SELECT RAISE(ABORT, 'stet: citations are never deleted');
END;
