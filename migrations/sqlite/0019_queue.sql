-- What a queue of hints needs of the rows (docs/decisions/0019-queue.md).

-- Messages that nobody can read: kept for a person, never tried again. They belong to no org, for who wrote them cannot be told from them.
CREATE TABLE dead_letters (
    dead_letter_id BLOB NOT NULL PRIMARY KEY CHECK (length(dead_letter_id) = 16),
    queue TEXT NOT NULL,
    -- The beginning of it, where it is longer than a hint can be.
    payload BLOB NOT NULL CHECK (length(payload) <= 65536),
    payload_bytes INTEGER NOT NULL,
    reason TEXT NOT NULL,
    met_by TEXT NOT NULL,
    met_at_us INTEGER NOT NULL
) STRICT;

CREATE INDEX dead_letters_by_met ON dead_letters (met_at_us);
