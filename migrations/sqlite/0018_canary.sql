-- What a lock records beside version and fingerprint: the echo of the tools, what the provider's list says of the model, and the digest of what the
-- canary prompts brought. All are null in epochs that were sealed before (providers.md, "Version, fingerprint, drift").
ALTER TABLE lock_epochs ADD COLUMN tools_echo_sha256 BLOB CHECK (length(tools_echo_sha256) = 32);
ALTER TABLE lock_epochs ADD COLUMN listed TEXT CHECK (listed IN ('marked', 'unmarked', 'unlisted', 'unavailable'));
ALTER TABLE lock_epochs ADD COLUMN listed_mark TEXT;
ALTER TABLE lock_epochs ADD COLUMN canary_sha256 BLOB CHECK (length(canary_sha256) = 32);

-- Looks at the canary prompts of a template, one for each preflight and resume that passed: append-only. `lock_epoch` is the epoch that it opened, or
-- that a resume under the same lock let go on.
CREATE TABLE canary_looks (
    org_id TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    preflight_fence INTEGER NOT NULL,
    lock_epoch INTEGER NOT NULL,
    outcomes BLOB NOT NULL,
    observed_at_us INTEGER NOT NULL,
    sealed_exchanges BLOB NOT NULL,
    record_hmac BLOB NOT NULL CHECK (length(record_hmac) = 32),
    record_key_id TEXT NOT NULL,
    PRIMARY KEY (org_id, batch_id, preflight_fence),
    FOREIGN KEY (org_id, batch_id, preflight_fence) REFERENCES preflight_attempts (org_id, batch_id, fence),
    FOREIGN KEY (org_id, batch_id, lock_epoch) REFERENCES lock_epochs (org_id, batch_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER canary_looks_never_change BEFORE UPDATE ON canary_looks
BEGIN
    SELECT RAISE(ABORT, 'stet: canary looks never change');
END;

CREATE TRIGGER canary_looks_never_replaced BEFORE INSERT ON canary_looks
WHEN EXISTS (
    SELECT 1 FROM canary_looks AS t
    WHERE t.org_id = NEW.org_id AND t.batch_id = NEW.batch_id AND t.preflight_fence = NEW.preflight_fence
)
BEGIN
    SELECT RAISE(ABORT, 'stet: canary_looks: the key stands already');
END;

CREATE TRIGGER canary_looks_never_vanish BEFORE DELETE ON canary_looks
BEGIN
    SELECT RAISE(ABORT, 'stet: canary looks are never deleted');
END;
