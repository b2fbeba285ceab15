UPDATE members SET left_at_us = public.now_us() WHERE incarnation = $1
