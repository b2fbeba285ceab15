WITH clock (now_us) AS MATERIALIZED (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
SELECT
    g.provider, clock.now_us, g.blocked_until_us, g.reason, g.requests_until_us, g.tokens_until_us,
    (
        SELECT coalesce(sum(s.slots), 0) FROM provider_slots AS s
        WHERE s.provider = g.provider AND s.lease_until_us > clock.now_us
    ) AS slots
FROM clock CROSS JOIN provider_gates AS g
ORDER BY g.provider
