UPDATE members SET left_at_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 WHERE incarnation = $1
