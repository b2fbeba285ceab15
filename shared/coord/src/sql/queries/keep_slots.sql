UPDATE provider_slots SET holder = $2, slots = $3, lease_until_us = $4
WHERE
    provider = $1
    AND holder = (
        SELECT s.holder FROM provider_slots AS s
        WHERE s.provider = $1 AND (s.holder = $2 OR s.lease_until_us <= $5)
        ORDER BY s.holder <> $2, s.holder
        LIMIT 1
    )
