WITH clock (now_us) AS (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
INSERT INTO single_flights (name, fence, holder, lease_until_us)
SELECT ?1, 1, ?2, now_us + ?3 FROM clock WHERE true
ON CONFLICT (name) DO UPDATE
SET fence = single_flights.fence + 1, holder = excluded.holder, lease_until_us = excluded.lease_until_us
WHERE single_flights.lease_until_us <= excluded.lease_until_us - ?3
RETURNING fence
