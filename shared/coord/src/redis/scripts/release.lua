-- KEYS[1]: the mutex. ARGV[1]: the leader's token; another's mutex is left alone.
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
