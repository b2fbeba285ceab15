SELECT public.learn_sizes() AS looked_at
