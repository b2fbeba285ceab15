-- KEYS[1]: a provider's list. ARGV: when the provider was asked, until when it holds, until when this copy is good (the database's clock, microseconds),
-- for how many milliseconds that is, validator, list. A newer copy stands; one that is good no more takes an older one away.
local standing = tonumber(redis.call('HGET', KEYS[1], 'checked_at') or 0)
if standing > tonumber(ARGV[1]) then
    return 0
end
redis.call('DEL', KEYS[1])
if tonumber(ARGV[4]) > 0 then
    redis.call('HSET', KEYS[1], 'checked_at', ARGV[1], 'expires_at', ARGV[2], 'good_until', ARGV[3], 'etag', ARGV[5], 'listing', ARGV[6])
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
