DELETE FROM idempotency_keys
WHERE rowid IN (
    SELECT k.rowid
    FROM orgs AS o
    CROSS JOIN idempotency_keys AS k
    WHERE k.org_id = o.org_id AND k.expires_at_us <= $1
    LIMIT $2
)
