SELECT public.next_due() AS due_us
