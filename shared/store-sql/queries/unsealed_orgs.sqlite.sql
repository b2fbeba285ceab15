SELECT u.org_id, u.since_us
FROM (
    SELECT
        o.org_id,
        (
            SELECT coalesce(r.recorded_at_us, r.finished_at_us)
            FROM runs AS r
            WHERE
                r.org_id = o.org_id AND r.finished_at_us IS NOT NULL
                -- Said twice: the index seeks by the first alone.
                AND coalesce(r.recorded_at_us, r.finished_at_us) >= coalesce(l.ends_at_us, -1)
                AND (coalesce(r.recorded_at_us, r.finished_at_us), r.run_id)
                    > (coalesce(l.ends_at_us, -1), coalesce(l.ends_run, x''))
            ORDER BY coalesce(r.recorded_at_us, r.finished_at_us), r.run_id
            LIMIT 1
        ) AS since_us
    FROM orgs AS o
    LEFT JOIN segments AS l
        ON l.org_id = o.org_id AND l.segment = (SELECT max(m.segment) FROM segments AS m WHERE m.org_id = o.org_id)
) AS u
WHERE u.since_us IS NOT NULL
ORDER BY u.since_us, u.org_id
LIMIT $1
