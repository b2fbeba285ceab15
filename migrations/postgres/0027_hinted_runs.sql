-- As in 0019, but that each hint is a look-up by its own key: the planner was free to begin at the template, and then read all runs of it for each hint, whatever
-- the history. OFFSET 0 keeps the look-up apart, and what little it finds is joined afterwards.
CREATE OR REPLACE FUNCTION public.hinted_runs(hints text, providers text)
RETURNS TABLE (org_id text, run_id bytea, batch_id bytea, template_id bytea, provider text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH told AS MATERIALIZED (
        SELECT h.org, decode(h.run, 'hex') AS run_id
        FROM json_to_recordset(hints::json) AS h (org text, run text)
    ),
    due AS MATERIALIZED (
        SELECT r.org_id, r.run_id, r.batch_id, r.template_id
        FROM told AS h
        CROSS JOIN LATERAL (
            SELECT x.org_id, x.run_id, x.batch_id, x.template_id
            FROM public.runs AS x
            WHERE
                x.org_id = h.org AND x.run_id = h.run_id AND x.status || '' IN ('pending', 'queued')
                AND x.available_at_us <= (SELECT public.now_us())
            OFFSET 0
        ) AS r
    )
    SELECT d.org_id, d.run_id, d.batch_id, d.template_id, t.provider
    FROM due AS d
    JOIN public.templates AS t ON t.org_id = d.org_id AND t.template_id = d.template_id
    WHERE
        t.provider IN (SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider))
        AND (
            d.batch_id IS NULL
            OR EXISTS (
                SELECT FROM public.batch_controls AS c
                WHERE c.org_id = d.org_id AND c.batch_id = d.batch_id AND c.status = 'running'
            )
        )
$$;
