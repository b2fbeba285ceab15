-- Puts hints at the end of the list that the library fetches from, as it would itself, without its set of scheduled tasks: that goes by the pusher's clock.
-- KEYS: payloads by id, the list, the prefix of what is said of a hint, the counter of ids, the channel of rings. ARGV: payloads, at most 500.
local now = redis.call('TIME')[1]
for _, payload in ipairs(ARGV) do
    local id = redis.call('INCR', KEYS[4])
    redis.call('HSET', KEYS[1], id, payload)
    redis.call('HSET', KEYS[3] .. ':' .. id, 'attempts', 0, 'max_attempts', 1, 'status', 'Pending', 'idempotency_key', '', 'pushed_at', now)
    redis.call('RPUSH', KEYS[2], id)
end
redis.call('PUBLISH', KEYS[5], #ARGV)
return #ARGV
