-- KEYS[1]: the gate. ARGV[1]: microseconds from now. The longest wait told stands.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local until_us = now + ARGV[1]
if until_us > tonumber(redis.call('GET', KEYS[1]) or 0) then
    redis.call('SET', KEYS[1], string.format('%.0f', until_us), 'PX', math.ceil(ARGV[1] / 1000))
end
return 1
