-- KEYS: payloads by id, the prefix of what is said of a hint, the list of those that wait, the sets of those done and dead, the listeners by when they were
-- seen, the prefix of what is said of them, the prefix of what they hold. ARGV: seconds after which a hint is stale and a listener gone, how many of each kind.
-- Answers how many, and whether a kind had as many as were allowed.
local now = tonumber(redis.call('TIME')[1])
local most = tonumber(ARGV[3])
local removed, more = 0, 0

local function forget(id)
    redis.call('HDEL', KEYS[1], id)
    redis.call('DEL', KEYS[2] .. ':' .. id)
    removed = removed + 1
end

for _, set in ipairs({ KEYS[4], KEYS[5] }) do
    local ids = redis.call('SPOP', set, most)
    for _, id in ipairs(ids) do
        forget(id)
    end
    if #ids == most then
        more = 1
    end
end

-- The first of the list has waited longest.
for count = 1, most do
    local id = redis.call('LINDEX', KEYS[3], 0)
    if not id then
        break
    end
    local pushed = tonumber(redis.call('HGET', KEYS[2] .. ':' .. id, 'pushed_at') or 0)
    if pushed + tonumber(ARGV[1]) > now then
        break
    end
    redis.call('LPOP', KEYS[3])
    forget(id)
    if count == most then
        more = 1
    end
end

local gone = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now - tonumber(ARGV[2]), 'LIMIT', 0, most)
for _, name in ipairs(gone) do
    local held = redis.call('SPOP', KEYS[8] .. ':' .. name, most)
    for _, id in ipairs(held) do
        forget(id)
    end
    redis.call('ZREM', KEYS[6], name)
    redis.call('DEL', KEYS[7] .. ':' .. name)
    removed = removed + 1
end
if #gone == most then
    more = 1
end
return { removed, more }
