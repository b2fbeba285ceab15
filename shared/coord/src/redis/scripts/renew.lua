-- KEYS[1]: the mutex. ARGV[1]: the leader's token, ARGV[2]: milliseconds.
-- Its own is kept alive, and one that was lost with an emptied Redis is put back; another's is left alone.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
