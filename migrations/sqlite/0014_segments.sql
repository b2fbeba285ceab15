-- When the database recorded a run's end, by its own clock: `finished_at_us` is the worker's. Runs that ended before this column was have none.
ALTER TABLE runs ADD COLUMN recorded_at_us INTEGER;

-- Terminal runs in the order in which they are sealed.
CREATE INDEX runs_by_end ON runs (org_id, coalesce(recorded_at_us, finished_at_us), run_id) WHERE finished_at_us IS NOT NULL;

-- Sealed stretches of an org's terminal runs (system.md, "Immutability and integrity"): which runs, in the order of `runs_by_end`, up to and with
-- the place where it ends. Each covers the head of the one before.
CREATE TABLE segments (
    org_id TEXT NOT NULL REFERENCES orgs (org_id),
    segment INTEGER NOT NULL CHECK (segment >= 1),
    first_sequence INTEGER NOT NULL CHECK (first_sequence >= 1),
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= first_sequence),
    ends_at_us INTEGER NOT NULL,
    ends_run BLOB NOT NULL CHECK (length(ends_run) = 16),
    -- 16 bytes a run, and 32 bytes a digest of what was sealed of it.
    record_runs BLOB NOT NULL CHECK (length(record_runs) = 16 * (last_sequence - first_sequence + 1)),
    record_digests BLOB NOT NULL CHECK (length(record_digests) = 32 * (last_sequence - first_sequence + 1)),
    merkle_root BLOB NOT NULL CHECK (length(merkle_root) = 32),
    previous_head BLOB CHECK (length(previous_head) = 32),
    head BLOB NOT NULL CHECK (length(head) = 32),
    sealed_at_us INTEGER NOT NULL,
    record_hmac BLOB NOT NULL CHECK (length(record_hmac) = 32),
    record_key_id TEXT NOT NULL,
    PRIMARY KEY (org_id, segment),
    CHECK ((segment = 1) = (previous_head IS NULL))
) STRICT;

CREATE TRIGGER segments_never_change BEFORE UPDATE ON segments
BEGIN
    SELECT RAISE(ABORT, 'stet: segments never change');
END;

CREATE TRIGGER segments_never_replaced BEFORE INSERT ON segments
WHEN EXISTS (SELECT 1 FROM segments AS t WHERE t.org_id = NEW.org_id AND t.segment = NEW.segment)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM segments AS t WHERE t.rowid = NEW.rowid))
BEGIN
    SELECT RAISE(ABORT, 'stet: segments: the key stands already');
END;

CREATE TRIGGER segments_never_vanish BEFORE DELETE ON segments
BEGIN
    SELECT RAISE(ABORT, 'stet: segments are never deleted');
END;
