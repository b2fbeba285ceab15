SELECT org_id, run_id, batch_id, template_id, provider
FROM public.hinted_runs($1, $2)
