SELECT public.next_offer($1) AS due_us
