-- The steps of a batch from one status to the next, by the database's own clock: what an auditor holds the begins of attempts against
-- (reliability.md, I8). The trigger writes them, whoever changes the control row and whatever his clock says. Append-only.
CREATE TABLE batch_steps (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    step INTEGER NOT NULL CHECK (step > 0),
    status TEXT NOT NULL
        CHECK (status IN ('preflight', 'running', 'paused', 'completed', 'cancelled', 'failed')),
    at_us INTEGER NOT NULL,
    PRIMARY KEY (org_id, batch_id, step),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER batch_controls_keep_steps AFTER UPDATE OF status ON batch_controls
WHEN NEW.status <> OLD.status
BEGIN
    INSERT INTO batch_steps (org_id, batch_id, step, status, at_us)
    SELECT
        NEW.org_id, NEW.batch_id, coalesce(max(s.step), 0) + 1, NEW.status,
        CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
    FROM batch_steps AS s
    WHERE s.org_id = NEW.org_id AND s.batch_id = NEW.batch_id;
END;

CREATE TRIGGER batch_steps_never_change BEFORE UPDATE ON batch_steps
BEGIN
    SELECT RAISE(ABORT, 'stet: steps of a batch never change');
END;

CREATE TRIGGER batch_steps_never_replaced BEFORE INSERT ON batch_steps
WHEN EXISTS (
    SELECT 1 FROM batch_steps AS t
    WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id AND t.step = NEW.step
)
BEGIN
    SELECT RAISE(ABORT, 'stet: batch_steps: the key stands already');
END;

CREATE TRIGGER batch_steps_never_vanish BEFORE DELETE ON batch_steps
BEGIN
    SELECT RAISE(ABORT, 'stet: steps of a batch are never deleted');
END;
