-- One writer at a time: who writes next sees whatever was recorded before.
SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS now_us, 0 AS oldest_open, 0 AS next
