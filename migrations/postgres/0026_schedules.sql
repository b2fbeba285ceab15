-- Schedules: recurring batches, exactly one a due time. The definition never changes; `next_due_us` is the first due time that nothing is told
-- of, and who moves it holds the row and writes what became of the time in the same transaction.
CREATE TABLE schedules (
    org_id text COLLATE "C" NOT NULL,
    schedule_id bytea NOT NULL CHECK (octet_length(schedule_id) = 16),
    template_id bytea NOT NULL,
    name text NOT NULL,
    cron text NOT NULL,
    time_zone text NOT NULL,
    catch_up text NOT NULL CHECK (catch_up IN ('latest', 'all')),
    batch bytea NOT NULL,
    created_by text NOT NULL,
    created_at_us bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    next_due_us bigint,
    reason text,
    changed_by text NOT NULL,
    changed_at_us bigint NOT NULL,
    PRIMARY KEY (org_id, schedule_id),
    FOREIGN KEY (org_id, template_id) REFERENCES templates (org_id, template_id)
);

CREATE INDEX schedules_by_template ON schedules (org_id, template_id);
CREATE INDEX schedules_by_created ON schedules (org_id, created_at_us, schedule_id);
CREATE INDEX schedules_due ON schedules (org_id, next_due_us) WHERE state = 'active';
CREATE INDEX schedules_open ON schedules (org_id) WHERE state <> 'ended';

ALTER TABLE schedules ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedules FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON schedules TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON schedules FOR SELECT TO stet_owner USING (true);

-- A schedule submits batches in its maker's name: that is the right of who serves the API, and a worker has none of it.
GRANT SELECT, INSERT ON schedules TO stet_api;
GRANT UPDATE (state, next_due_us, reason, changed_by, changed_at_us) ON schedules TO stet_api;

CREATE TRIGGER schedules_keep_their_definition
BEFORE UPDATE OF
    org_id, schedule_id, template_id, name, cron, time_zone, catch_up, batch, created_by, created_at_us
ON schedules
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: the definition of a schedule never changes');

CREATE TRIGGER schedules_end_once BEFORE UPDATE ON schedules
FOR EACH ROW WHEN (OLD.state = 'ended')
EXECUTE FUNCTION public.refuse('stet: an ended schedule never changes');

CREATE TRIGGER schedules_never_vanish BEFORE DELETE ON schedules
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: schedules are never deleted');

CREATE TRIGGER schedules_never_emptied BEFORE TRUNCATE ON schedules
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: schedules are never deleted');

-- What became of each due time; one row tells of a stretch of times that made no batch. Append-only: its key is what lets one batch a due time
-- and no second one be.
CREATE TABLE schedule_fires (
    org_id text COLLATE "C" NOT NULL,
    schedule_id bytea NOT NULL,
    due_at_us bigint NOT NULL,
    through_at_us bigint NOT NULL CHECK (through_at_us >= due_at_us),
    due_times bigint NOT NULL CHECK (due_times > 0),
    outcome text NOT NULL CHECK (outcome IN ('fired', 'failed', 'missed', 'paused')),
    batch_id bytea,
    error_code text,
    error_detail text,
    at_us bigint NOT NULL,
    PRIMARY KEY (org_id, schedule_id, due_at_us),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedules (org_id, schedule_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK ((outcome = 'fired') = (batch_id IS NOT NULL)),
    CHECK ((outcome = 'failed') = (error_code IS NOT NULL)),
    CHECK (outcome IN ('missed', 'paused') OR (due_times = 1 AND through_at_us = due_at_us))
);

CREATE UNIQUE INDEX schedule_fires_by_batch ON schedule_fires (org_id, batch_id);

ALTER TABLE schedule_fires ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedule_fires FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON schedule_fires TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON schedule_fires FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON schedule_fires TO stet_api;
-- A worker that looks at a batch sees what made it.
GRANT SELECT ON schedule_fires TO stet_worker;

CREATE TRIGGER schedule_fires_never_change BEFORE UPDATE ON schedule_fires
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: what became of a due time never changes');

CREATE TRIGGER schedule_fires_never_vanish BEFORE DELETE ON schedule_fires
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: what became of a due time is never deleted');

CREATE TRIGGER schedule_fires_never_emptied BEFORE TRUNCATE ON schedule_fires
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: what became of a due time is never deleted');

-- Active schedules that are due, the longest waiting first, at most `most`.
CREATE FUNCTION public.due_schedules(most bigint) RETURNS TABLE (org_id text, schedule_id bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH clock AS MATERIALIZED (
        SELECT public.now_us() AS now_us
    )
    SELECT o.org_id, d.schedule_id
    FROM clock
    CROSS JOIN public.orgs AS o
    CROSS JOIN LATERAL (
        SELECT s.schedule_id, s.next_due_us
        FROM public.schedules AS s
        WHERE s.org_id = o.org_id AND s.state = 'active' AND s.next_due_us <= clock.now_us
        ORDER BY s.next_due_us
        LIMIT most
    ) AS d
    ORDER BY d.next_due_us, o.org_id, d.schedule_id
    LIMIT most
$$;

REVOKE ALL ON FUNCTION public.due_schedules(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.due_schedules(bigint) TO stet_api;

-- The making of a schedule may be repeated too.
ALTER TABLE idempotency_keys
    DROP CONSTRAINT idempotency_keys_resource_kind,
    ADD CONSTRAINT idempotency_keys_resource_kind
        CHECK (resource_kind IN ('template', 'batch', 'run', 'api_key', 'schedule'));

-- An idempotency record may be of a schedule now, which builds of before cannot read.
UPDATE schema_floor SET least_migration = 26;
