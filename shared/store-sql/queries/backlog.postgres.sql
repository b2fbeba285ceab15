SELECT b.provider, b.waiting, b.running, b.room, b.oldest_due_us FROM public.backlog() AS b
