SELECT org_id, run_id
FROM public.expired_runs($1)
