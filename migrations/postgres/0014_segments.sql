-- When the database recorded a run's end, by its own clock: `finished_at_us` is the worker's. Runs that ended before this column was have none.
ALTER TABLE runs ADD COLUMN recorded_at_us bigint;
GRANT UPDATE (recorded_at_us) ON runs TO stet_api, stet_worker;

-- Terminal runs in the order in which they are sealed.
CREATE INDEX runs_by_end ON runs (org_id, coalesce(recorded_at_us, finished_at_us), run_id) WHERE finished_at_us IS NOT NULL;

-- Sealed stretches of an org's terminal runs (system.md, "Immutability and integrity"): which runs, in the order of `runs_by_end`, up to and with
-- the place where it ends. Each covers the head of the one before.
CREATE TABLE segments (
    org_id text COLLATE "C" NOT NULL REFERENCES orgs (org_id),
    segment bigint NOT NULL CHECK (segment >= 1),
    first_sequence bigint NOT NULL CHECK (first_sequence >= 1),
    last_sequence bigint NOT NULL CHECK (last_sequence >= first_sequence),
    ends_at_us bigint NOT NULL,
    ends_run bytea NOT NULL CHECK (octet_length(ends_run) = 16),
    -- 16 bytes a run, and 32 bytes a digest of what was sealed of it.
    record_runs bytea NOT NULL CHECK (octet_length(record_runs) = 16 * (last_sequence - first_sequence + 1)),
    record_digests bytea NOT NULL CHECK (octet_length(record_digests) = 32 * (last_sequence - first_sequence + 1)),
    merkle_root bytea NOT NULL CHECK (octet_length(merkle_root) = 32),
    previous_head bytea CHECK (octet_length(previous_head) = 32),
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    sealed_at_us bigint NOT NULL,
    record_hmac bytea NOT NULL CHECK (octet_length(record_hmac) = 32),
    record_key_id text NOT NULL,
    PRIMARY KEY (org_id, segment),
    CHECK ((segment = 1) = (previous_head IS NULL))
);

ALTER TABLE segments ENABLE ROW LEVEL SECURITY;
ALTER TABLE segments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON segments TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON segments FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON segments TO stet_api;
GRANT SELECT, INSERT ON segments TO stet_worker;

CREATE TRIGGER segments_never_change BEFORE UPDATE ON segments
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: segments never change');

CREATE TRIGGER segments_never_vanish BEFORE DELETE ON segments
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: segments are never deleted');

CREATE TRIGGER segments_never_emptied BEFORE TRUNCATE ON segments
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: segments are never deleted');

-- Orgs with terminal runs that no segment holds, and when the first of them was recorded; the longest waiting first, at most `most`.
CREATE FUNCTION public.unsealed_orgs(most bigint) RETURNS TABLE (org_id text, since_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT o.org_id, u.since_us
    FROM public.orgs AS o
    LEFT JOIN LATERAL (
        SELECT s.ends_at_us, s.ends_run
        FROM public.segments AS s
        WHERE s.org_id = o.org_id
        ORDER BY s.segment DESC
        LIMIT 1
    ) AS l ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(r.recorded_at_us, r.finished_at_us) AS since_us
        FROM public.runs AS r
        WHERE
            r.org_id = o.org_id AND r.finished_at_us IS NOT NULL
            AND (coalesce(r.recorded_at_us, r.finished_at_us), r.run_id)
                > (coalesce(l.ends_at_us, -1), coalesce(l.ends_run, '\x'))
        ORDER BY coalesce(r.recorded_at_us, r.finished_at_us), r.run_id
        LIMIT 1
    ) AS u
    ORDER BY u.since_us, o.org_id
    LIMIT most
$$;

REVOKE ALL ON FUNCTION public.unsealed_orgs(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.unsealed_orgs(bigint) TO stet_worker;
