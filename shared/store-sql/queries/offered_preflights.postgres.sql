SELECT org_id, batch_id, provider
FROM public.offered_preflights($1, $2)
