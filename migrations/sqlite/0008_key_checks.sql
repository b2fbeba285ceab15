-- Checks of the secrets that records were made with: a key id never gets another secret. They belong to no org: the secrets are the server's.
CREATE TABLE key_checks (
    kind TEXT NOT NULL CHECK (kind IN ('als', 'record', 'pepper')),
    key_id TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    created_at_us INTEGER NOT NULL,
    PRIMARY KEY (kind, key_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER key_checks_never_change BEFORE UPDATE ON key_checks
BEGIN
    SELECT RAISE(ABORT, 'stet: checks of keys never change');
END;

CREATE TRIGGER key_checks_never_vanish BEFORE DELETE ON key_checks
BEGIN
    SELECT RAISE(ABORT, 'stet: checks of keys are never deleted');
END;
