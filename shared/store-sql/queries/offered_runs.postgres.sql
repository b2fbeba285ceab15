SELECT org_id, run_id, batch_id, template_id, provider
FROM public.offered_runs($1, $2, $3)
