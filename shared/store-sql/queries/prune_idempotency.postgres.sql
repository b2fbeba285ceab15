-- A row for each record that was deleted: the rows of this SELECT are counted as a DELETE's would be.
SELECT expired_at_us
FROM public.prune_idempotency($1, $2)
