SELECT org_id, batch_id
FROM public.due_preflights($1)
