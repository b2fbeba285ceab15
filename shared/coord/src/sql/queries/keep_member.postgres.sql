UPDATE members SET
    duty = $2, build = $3, seen_at_us = public.now_us(), left_at_us = NULL, slots = $4, in_flight = $5,
    window_ms = $6, cells_ended = $7, slots_held_ms = $8
WHERE incarnation = $1
