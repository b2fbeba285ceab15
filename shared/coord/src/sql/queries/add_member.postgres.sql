INSERT INTO members (
    incarnation, duty, build, slots, in_flight, window_ms, cells_ended, slots_held_ms, started_at_us, seen_at_us
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, public.now_us(), public.now_us())
