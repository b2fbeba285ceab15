-- The seals of batches and of their lock epochs. A row without one was written before seals were, and does not verify.
ALTER TABLE batches ADD COLUMN record_hmac bytea CHECK (octet_length(record_hmac) = 32);
ALTER TABLE batches ADD COLUMN record_key_id text;
-- The try at the preflight that observed the epoch, and what the seal covers of its exchanges.
ALTER TABLE lock_epochs ADD COLUMN preflight_fence bigint;
ALTER TABLE lock_epochs ADD COLUMN sealed_exchanges bytea;
ALTER TABLE lock_epochs ADD COLUMN record_hmac bytea CHECK (octet_length(record_hmac) = 32);
ALTER TABLE lock_epochs ADD COLUMN record_key_id text;
