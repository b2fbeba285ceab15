SELECT
    m.incarnation, m.duty, m.build, m.slots, m.in_flight, m.window_ms, m.cells_ended, m.slots_held_ms,
    m.started_at_us, m.seen_at_us, public.now_us() AS now_us
FROM members AS m
WHERE m.left_at_us IS NULL AND m.seen_at_us >= public.now_us() - $1
ORDER BY m.duty DESC, m.started_at_us, m.incarnation
