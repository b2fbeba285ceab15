UPDATE members SET
    duty = $2, build = $3, seen_at_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000, left_at_us = NULL, slots = $4, in_flight = $5,
    window_ms = $6, cells_ended = $7, slots_held_ms = $8
WHERE incarnation = $1
