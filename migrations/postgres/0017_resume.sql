-- A resume is asked for first and done by a worker, which looks at the model before a cell starts (system.md, "A batch" 6). Until then the batch
-- stays paused. `preflight_due_us` is its lease, too.
ALTER TABLE batch_controls ADD COLUMN resume_lock text CHECK (resume_lock IN ('same', 'new'));
ALTER TABLE batch_controls ADD COLUMN resume_version text;
ALTER TABLE batch_controls ADD COLUMN resume_reason text;
ALTER TABLE batch_controls ADD COLUMN resume_by text;
ALTER TABLE batch_controls ADD COLUMN resume_at_us bigint;

CREATE INDEX batch_controls_resuming ON batch_controls (org_id, preflight_due_us) WHERE resume_lock IS NOT NULL;

GRANT UPDATE (resume_lock, resume_version, resume_reason, resume_by, resume_at_us, preflight_due_us, preflight_fence)
    ON batch_controls TO stet_api;
GRANT UPDATE (resume_lock, resume_version, resume_reason, resume_by, resume_at_us) ON batch_controls TO stet_worker;

-- Batches whose preflight or resume is due, the longest due first, at most `most`.
CREATE OR REPLACE FUNCTION public.due_preflights(most bigint) RETURNS TABLE (org_id text, batch_id bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT due.org_id, due.batch_id
    FROM (
        SELECT c.org_id, c.batch_id, c.preflight_due_us
        FROM public.batch_controls AS c
        WHERE c.status = 'preflight' AND c.preflight_due_us <= (SELECT public.now_us())
        UNION ALL
        SELECT c.org_id, c.batch_id, c.preflight_due_us
        FROM public.batch_controls AS c
        WHERE c.resume_lock IS NOT NULL AND c.preflight_due_us <= (SELECT public.now_us())
    ) AS due
    ORDER BY due.preflight_due_us, due.batch_id
    LIMIT most
$$;

-- As in 0004, resumes included.
CREATE OR REPLACE FUNCTION public.next_due() RETURNS bigint
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
        WHERE c.status = 'preflight' OR c.resume_lock IS NOT NULL
    ) AS due
$$;
