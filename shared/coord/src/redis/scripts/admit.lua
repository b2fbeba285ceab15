-- Admits calls by the generic cell rate algorithm, as `Pace` does; all moments are of this server's clock, in microseconds.
-- KEYS: the gate, the arrival time of calls, that of tokens.
-- ARGV[1..3]: of calls the burst (negative where they are not limited), what one costs, what is to be settled;
-- ARGV[4..5]: of tokens the burst and what is to be settled; ARGV[6..]: what the tokens of each wanted call cost, at most 500.
-- Answers {how many, what held the next back: 0 nothing, 1 the gate, 2 calls, 3 tokens; for how long, the clock}.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local blocked = tonumber(redis.call('GET', KEYS[1]) or 0)

local function pace(key, burst, settled)
    local arrival = tonumber(redis.call('GET', key) or 0)
    if burst >= 0 and settled ~= 0 then
        arrival = math.max(math.max(arrival, now) + settled, now)
    end
    return { key = key, burst = burst, arrival = arrival }
end

local function opens_at(paced, cost)
    if paced.burst < 0 then
        return 0
    end
    return math.min(paced.arrival, paced.arrival + cost - paced.burst)
end

local function pay(paced, cost)
    if paced.burst >= 0 then
        paced.arrival = math.max(paced.arrival, now) + cost
    end
end

local function keep(paced)
    if paced.burst >= 0 and paced.arrival > now then
        redis.call('SET', paced.key, string.format('%.0f', paced.arrival), 'PX', math.ceil((paced.arrival - now) / 1000))
    else
        redis.call('DEL', paced.key)
    end
end

local calls = pace(KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[3]))
local tokens = pace(KEYS[3], tonumber(ARGV[4]), tonumber(ARGV[5]))
local call_cost = tonumber(ARGV[2])
local admitted, held, wait = 0, 0, 0
for index = 6, #ARGV do
    local token_cost = tonumber(ARGV[index])
    local opens = { blocked, opens_at(calls, call_cost), opens_at(tokens, token_cost) }
    for gate = 1, 3 do
        if held == 0 and opens[gate] > now then
            held, wait = gate, opens[gate] - now
        end
    end
    if held ~= 0 then
        break
    end
    pay(calls, call_cost)
    pay(tokens, token_cost)
    admitted = admitted + 1
end
keep(calls)
keep(tokens)
return { admitted, held, wait, now }
