-- The row of a member that has left, or that nobody has heard of for so long.
UPDATE members SET
    incarnation = $1, duty = $2, build = $3, started_at_us = public.now_us(), seen_at_us = public.now_us(),
    left_at_us = NULL, slots = $4, in_flight = $5, window_ms = $6, cells_ended = $7, slots_held_ms = $8
WHERE
    incarnation = (
        SELECT m.incarnation FROM members AS m
        WHERE m.left_at_us IS NOT NULL OR m.seen_at_us < public.now_us() - $9
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
