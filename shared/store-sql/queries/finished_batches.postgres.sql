SELECT org_id, batch_id
FROM public.finished_batches($1)
