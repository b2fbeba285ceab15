SELECT
    g.provider, clock.now_us, g.blocked_until_us, g.reason, g.requests_until_us, g.tokens_until_us,
    (
        SELECT coalesce(sum(s.slots), 0)::bigint FROM provider_slots AS s
        WHERE s.provider = g.provider AND s.lease_until_us > clock.now_us
    ) AS slots
FROM (SELECT public.now_us() AS now_us OFFSET 0) AS clock CROSS JOIN provider_gates AS g
ORDER BY g.provider
