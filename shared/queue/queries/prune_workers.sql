-- Rows of listeners that have not been seen for `$1` seconds: each start has a name of its own, so that none comes back.
DELETE FROM apalis.workers AS w
WHERE
    w.last_seen < clock_timestamp() - make_interval(secs => $1)
    AND NOT EXISTS (SELECT FROM apalis.jobs AS j WHERE j.lock_by = w.id)
