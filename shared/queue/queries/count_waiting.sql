-- A count that no window comes near is as good as any larger one.
SELECT count(*)
FROM (SELECT 1 FROM apalis.jobs AS j WHERE j.job_type = $1 AND j.status = 'Pending' LIMIT 1000) AS waiting
