SELECT public.now_us() AS now_us
