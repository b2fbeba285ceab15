SELECT CAST(coalesce(sum(slots), 0) AS bigint) FROM provider_slots
WHERE provider = $1 AND holder <> $2 AND lease_until_us > $3
