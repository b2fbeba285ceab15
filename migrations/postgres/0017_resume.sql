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

-- Batches of the named providers whose preflight or resume is due, at most `most`.
CREATE OR REPLACE FUNCTION public.offered_preflights(most bigint, providers text)
RETURNS TABLE (org_id text, batch_id bytea, provider text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT c.org_id, c.batch_id, t.provider
    FROM public.batch_controls AS c
    JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE
        (c.status = 'preflight' OR c.resume_lock IS NOT NULL) AND c.preflight_due_us <= (SELECT public.now_us())
        AND t.provider IN (SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider))
    ORDER BY c.preflight_due_us, c.batch_id
    LIMIT most
$$;

-- As in 0016, resumes included.
CREATE OR REPLACE FUNCTION public.next_offer(providers text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH named AS MATERIALIZED (
        SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider)
    )
    SELECT min(due.at_us)
    FROM (
        SELECT (
            SELECT r.available_at_us
            FROM public.runs AS r
            JOIN public.templates AS t ON t.org_id = r.org_id AND t.template_id = r.template_id
            WHERE
                r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
                AND t.provider IN (SELECT n.provider FROM named AS n)
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
        JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
        WHERE
            c.status = 'running' AND t.provider IN (SELECT n.provider FROM named AS n)
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
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
        WHERE
            (c.status = 'preflight' OR c.resume_lock IS NOT NULL) AND t.provider IN (SELECT n.provider FROM named AS n)
    ) AS due
$$;
