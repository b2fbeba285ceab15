SELECT met_at_us FROM public.prune_dead_letters(public.now_us() - $1, $2)
