SELECT count(*) AS open FROM schedules WHERE org_id = $1 AND state <> 'ended'
