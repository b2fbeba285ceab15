-- Which claims had this end recorded before: a commit whose answer was lost.
SELECT a.run_id, a.fence
FROM json_each($2) AS k
CROSS JOIN attempts AS a
WHERE
    a.org_id = $1 AND a.run_id = unhex(k.value ->> 'run') AND a.fence = k.value ->> 'fence'
    AND a.outcome = k.value ->> 'outcome'
