-- References hold every other table to these.
SELECT o.org_id FROM orgs AS o ORDER BY o.org_id
