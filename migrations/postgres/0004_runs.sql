-- Runs: the unit of truth. A row owns state, lease and fence (reliability.md).
--
-- `status` is in the predicates of the partial indexes, so every step of a run writes a new version into each index: that is
-- the price of reading what waits and what is under way without reading history. A renewal changes no indexed column, and finds
-- room in its own page (fillfactor): it writes no index. So there is no index by lease: what is under way is few, and the sweeper
-- reads it by runs_running. The keys are unique, and what is equal in an index are versions of one row that go soon: packing them
-- (deduplicate_items) took a tenth of a claim's time and saved nothing. What steps leave behind in `runs_waiting` stands in front
-- of what waits, so the table is vacuumed early.
--
-- `lock_epoch` has no foreign key: a claim copies it from the locked control row, whose own key is checked, and a check for
-- each claimed run would cost more than it could ever find.
CREATE TABLE runs (
    org_id text COLLATE "C" NOT NULL,
    run_id bytea NOT NULL CHECK (octet_length(run_id) = 16),
    template_id bytea NOT NULL,
    batch_id bytea,
    batch_run_index bigint NOT NULL CHECK (batch_run_index >= 0),
    rerun_index bigint NOT NULL DEFAULT 0 CHECK (rerun_index >= 0),
    locale text NOT NULL,
    locale_index bigint NOT NULL CHECK (locale_index >= 0),
    grounding_mode text NOT NULL CHECK (grounding_mode IN ('UNGROUNDED', 'PREFERRED', 'REQUIRED')),
    replicate_index bigint NOT NULL CHECK (replicate_index >= 0),
    inputs_sha256 bytea NOT NULL CHECK (octet_length(inputs_sha256) = 32),
    -- Of a single run alone: a cell's stand in its batch.
    inputs bytea,
    created_by text,
    created_at_us bigint NOT NULL,
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'quarantined')),
    available_at_us bigint NOT NULL,
    fence bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    lease_until_us bigint,
    retry_index bigint NOT NULL DEFAULT 0 CHECK (retry_index >= 0),
    crash_count bigint NOT NULL DEFAULT 0 CHECK (crash_count >= 0),
    lock_epoch bigint,
    finished_at_us bigint,
    error_code text,
    error_detail text,
    drift_kind text,
    model_version_effective text,
    model_fingerprint text,
    search_performed bigint CHECK (search_performed IN (0, 1)),
    grounded_effective bigint CHECK (grounded_effective IN (0, 1)),
    why_not_grounded text,
    response_output_sha256 bytea CHECK (octet_length(response_output_sha256) = 32),
    output_json_valid bigint CHECK (output_json_valid IN (0, 1)),
    als_block_sha256 bytea CHECK (octet_length(als_block_sha256) = 32),
    als_variant_id text,
    usage_input bigint,
    usage_output bigint,
    usage_cached bigint,
    usage_reasoning bigint,
    usage_tool_use bigint,
    run_sha256 bytea CHECK (octet_length(run_sha256) = 32),
    record_hmac bytea CHECK (octet_length(record_hmac) = 32),
    record_key_id text,
    FOREIGN KEY (org_id, template_id) REFERENCES templates (org_id, template_id),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id),
    CHECK ((batch_id IS NULL) = (inputs IS NOT NULL)),
    CHECK ((batch_id IS NULL) = (created_by IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until_us IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed', 'cancelled', 'quarantined')) = (finished_at_us IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed', 'quarantined')) = (run_sha256 IS NOT NULL)),
    CHECK ((run_sha256 IS NULL) = (record_hmac IS NULL)),
    CHECK ((record_hmac IS NULL) = (record_key_id IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Small at any moment, whatever the history: only what waits, and only what is under way.
CREATE INDEX runs_waiting ON runs (org_id, batch_id, available_at_us, batch_run_index) WITH (deduplicate_items = off)
    WHERE status IN ('pending', 'queued');
CREATE INDEX runs_queued ON runs (org_id, batch_id) WHERE status = 'queued';
CREATE INDEX runs_running ON runs (org_id, batch_id) WHERE status = 'running';

-- The more of a question an index answers, the later it comes: of those that look equally good the planner takes the one made last
-- (see templates).
CREATE INDEX runs_by_created ON runs (org_id, created_at_us, run_id) WITH (deduplicate_items = off);
CREATE INDEX runs_by_template ON runs (org_id, template_id, created_at_us, run_id) WITH (deduplicate_items = off);
CREATE INDEX runs_by_batch ON runs (org_id, batch_id, created_at_us, run_id) WITH (deduplicate_items = off);
ALTER TABLE runs ADD UNIQUE (org_id, batch_id, batch_run_index, rerun_index) WITH (deduplicate_items = off);
ALTER TABLE runs ADD PRIMARY KEY (org_id, run_id) WITH (deduplicate_items = off);

ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON runs TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON runs FOR SELECT TO stet_owner USING (true);

-- The API writes runs and calls off what waits; what a run became is a worker's to say.
GRANT SELECT, INSERT ON runs TO stet_api;
GRANT UPDATE (status, error_code, finished_at_us) ON runs TO stet_api;
GRANT SELECT ON runs TO stet_worker;
GRANT UPDATE (
    status, available_at_us, fence, lease_until_us, retry_index, crash_count, lock_epoch, finished_at_us, error_code,
    error_detail, drift_kind, model_version_effective, model_fingerprint, search_performed, grounded_effective,
    why_not_grounded, response_output_sha256, output_json_valid, als_block_sha256, als_variant_id, usage_input,
    usage_output, usage_cached, usage_reasoning, usage_tool_use, run_sha256, record_hmac, record_key_id
) ON runs TO stet_worker;

CREATE TRIGGER runs_terminal_never_change BEFORE UPDATE ON runs
FOR EACH ROW WHEN (OLD.status IN ('succeeded', 'failed', 'cancelled', 'quarantined'))
EXECUTE FUNCTION public.refuse('stet: terminal runs never change');

CREATE TRIGGER runs_never_vanish BEFORE DELETE ON runs
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: runs are never deleted');

CREATE TRIGGER runs_never_emptied BEFORE TRUNCATE ON runs
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: runs are never deleted');

CREATE TRIGGER runs_identity_never_changes BEFORE UPDATE OF
    org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode,
    replicate_index, inputs_sha256, inputs, created_by, created_at_us
ON runs
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: what a run is of never changes');

CREATE TRIGGER runs_step BEFORE UPDATE OF status ON runs
FOR EACH ROW
WHEN (NEW.status <> OLD.status AND NOT (
    (OLD.status = 'pending' AND NEW.status IN ('queued', 'running', 'cancelled'))
    OR (OLD.status = 'queued' AND NEW.status IN ('pending', 'running', 'cancelled'))
    OR (OLD.status = 'running' AND NEW.status IN ('pending', 'succeeded', 'failed', 'quarantined'))
))
EXECUTE FUNCTION public.refuse('stet: illegal step of a run');

CREATE TRIGGER runs_fence_never_falls BEFORE UPDATE OF fence ON runs
FOR EACH ROW WHEN (NEW.fence < OLD.fence)
EXECUTE FUNCTION public.refuse('stet: the fence of a run never falls');

-- The large columns of a terminal run, apart so that lists and claims do not read past them.
-- Nothing that comes with every attempt has a foreign key: outputs, citations, attempts, exchanges. The statements that write them
-- look their parents up and no parent is ever deleted, so a check could only find a mistake in those. It would cost each row
-- about as much again, and a connection keeps the plan of a check: made while `runs` was small, it reads all of it for every row.
CREATE TABLE run_outputs (
    org_id text COLLATE "C" NOT NULL,
    run_id bytea NOT NULL,
    output bytea,
    als_block_text text,
    -- What the seal covers of the recorded attempt's exchanges.
    sealed_exchanges bytea NOT NULL,
    provenance bytea NOT NULL,
    PRIMARY KEY (org_id, run_id)
);

ALTER TABLE run_outputs ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_outputs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_outputs TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON run_outputs FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON run_outputs TO stet_api;
GRANT SELECT, INSERT ON run_outputs TO stet_worker;

CREATE TRIGGER run_outputs_never_change BEFORE UPDATE ON run_outputs
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: outputs never change');

CREATE TRIGGER run_outputs_never_vanish BEFORE DELETE ON run_outputs
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: outputs are never deleted');

CREATE TRIGGER run_outputs_never_emptied BEFORE TRUNCATE ON run_outputs
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: outputs are never deleted');

CREATE TABLE citations (
    org_id text COLLATE "C" NOT NULL,
    run_id bytea NOT NULL,
    ordinal bigint NOT NULL CHECK (ordinal >= 0),
    url_raw text NOT NULL,
    url text NOT NULL,
    title text,
    domain text,
    class text NOT NULL CHECK (class IN ('web_page', 'provider_widget', 'url_context')),
    span text,
    PRIMARY KEY (org_id, run_id, ordinal)
);

ALTER TABLE citations ENABLE ROW LEVEL SECURITY;
ALTER TABLE citations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON citations TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON citations FOR SELECT TO stet_owner USING (true);

GRANT SELECT ON citations TO stet_api;
GRANT SELECT, INSERT ON citations TO stet_worker;

CREATE TRIGGER citations_never_change BEFORE UPDATE ON citations
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: citations never change');

CREATE TRIGGER citations_never_vanish BEFORE DELETE ON citations
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: citations are never deleted');

CREATE TRIGGER citations_never_emptied BEFORE TRUNCATE ON citations
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: citations are never deleted');

-- Runs that may be claimed now, at most `most`: in turn over orgs, and within an org over its batches, its single runs
-- first. From each batch at most `most` candidates are read, by runs_waiting, however many cells wait. The order by
-- batch_id is for the planner: without it, it does not see that the index of an org's single runs is sorted by their moment.
CREATE FUNCTION public.due_runs(most bigint) RETURNS TABLE (org_id text, run_id bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH clock AS MATERIALIZED (
        SELECT public.now_us() AS now_us
    ),
    open_batches AS MATERIALIZED (
        SELECT
            c.org_id, c.batch_id,
            CASE
                WHEN b.max_parallel IS NULL THEN most
                ELSE least(most, greatest(0, b.max_parallel - (
                    SELECT count(*) FROM public.runs AS a
                    WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
                )))
            END AS room
        FROM public.batch_controls AS c
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        WHERE c.status = 'running'
    ),
    candidates AS (
        SELECT o.org_id, o.batch_id, w.run_id, w.turn
        FROM open_batches AS o
        CROSS JOIN LATERAL (
            SELECT r.run_id, row_number() OVER (ORDER BY r.available_at_us, r.batch_run_index) AS turn
            FROM public.runs AS r
            WHERE
                r.org_id = o.org_id AND r.batch_id = o.batch_id AND r.status IN ('pending', 'queued')
                AND r.available_at_us <= (SELECT clock.now_us FROM clock)
            ORDER BY r.available_at_us, r.batch_run_index
            LIMIT o.room
        ) AS w
        UNION ALL
        SELECT o.org_id, NULL AS batch_id, w.run_id, 0 AS turn
        FROM public.orgs AS o
        CROSS JOIN LATERAL (
            SELECT r.run_id
            FROM public.runs AS r
            WHERE
                r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
                AND r.available_at_us <= (SELECT clock.now_us FROM clock)
            ORDER BY r.batch_id, r.available_at_us
            LIMIT most
        ) AS w
    ),
    turns AS (
        SELECT
            c.org_id, c.run_id,
            row_number() OVER (PARTITION BY c.org_id ORDER BY c.turn, c.batch_id, c.run_id) AS org_turn
        FROM candidates AS c
    )
    SELECT t.org_id, t.run_id
    FROM turns AS t
    ORDER BY t.org_turn, t.org_id
    LIMIT most
$$;

-- Runs whose lease has expired, the longest expired first, at most `most`.
CREATE FUNCTION public.expired_runs(most bigint) RETURNS TABLE (org_id text, run_id bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT x.org_id, x.run_id
    FROM public.orgs AS o
    CROSS JOIN LATERAL (
        SELECT r.org_id, r.run_id, r.lease_until_us
        FROM public.runs AS r
        WHERE r.org_id = o.org_id AND r.status = 'running' AND r.lease_until_us <= (SELECT public.now_us())
        ORDER BY r.lease_until_us
        LIMIT most
    ) AS x
    ORDER BY x.lease_until_us, x.org_id, x.run_id
    LIMIT most
$$;

-- The earliest of: waiting single runs, waiting cells of running batches with room, preflights. Null where nothing waits.
CREATE FUNCTION public.next_due() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT min(due.at_us)
    FROM (
        SELECT (
            SELECT r.available_at_us FROM public.runs AS r
            WHERE r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
            ORDER BY r.batch_id, r.available_at_us
            LIMIT 1
        ) AS at_us
        FROM public.orgs AS o
        UNION ALL
        SELECT (
            SELECT r.available_at_us FROM public.runs AS r
            WHERE r.org_id = c.org_id AND r.batch_id = c.batch_id AND r.status IN ('pending', 'queued')
            ORDER BY r.available_at_us
            LIMIT 1
        ) AS at_us
        FROM public.batch_controls AS c
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        WHERE
            c.status = 'running'
            AND (
                b.max_parallel IS NULL
                OR b.max_parallel > (
                    SELECT count(*) FROM public.runs AS a
                    WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
                )
            )
        UNION ALL
        SELECT c.preflight_due_us AS at_us
        FROM public.batch_controls AS c
        WHERE c.status = 'preflight'
    ) AS due
$$;

REVOKE ALL ON FUNCTION public.due_runs(bigint), public.expired_runs(bigint), public.next_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.due_runs(bigint), public.expired_runs(bigint), public.next_due() TO stet_worker;
