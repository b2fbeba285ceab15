SELECT org_id, run_id
FROM public.due_runs($1)
