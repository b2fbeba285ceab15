-- Checks of the secrets that records were made with: a key id never gets another secret. They belong to no org: the secrets are the server's.
CREATE TABLE key_checks (
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('als', 'record', 'pepper')),
    key_id text COLLATE "C" NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    mac bytea NOT NULL CHECK (octet_length(mac) = 32),
    created_at_us bigint NOT NULL,
    PRIMARY KEY (kind, key_id)
);

-- Whichever process starts first with a new key keeps its check.
GRANT SELECT, INSERT ON key_checks TO stet_api, stet_worker;

CREATE TRIGGER key_checks_never_change BEFORE UPDATE ON key_checks
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: checks of keys never change');

CREATE TRIGGER key_checks_never_vanish BEFORE DELETE ON key_checks
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: checks of keys are never deleted');

CREATE TRIGGER key_checks_never_emptied BEFORE TRUNCATE ON key_checks
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: checks of keys are never deleted');
