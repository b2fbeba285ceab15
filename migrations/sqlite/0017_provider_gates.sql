-- What all processes agree on about a provider (reliability.md rule 8; api.md, "Limits"). The rows belong to no org.
CREATE TABLE provider_gates (
    provider TEXT NOT NULL PRIMARY KEY CHECK (provider IN ('openai', 'gemini', 'vertex')),
    blocked_until_us INTEGER NOT NULL DEFAULT 0,
    -- The error code of the answer that blocked it.
    reason TEXT,
    -- Theoretical arrival times: what was admitted is paid for by then.
    requests_until_us INTEGER NOT NULL DEFAULT 0,
    tokens_until_us INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Calls that a process has under way. A row whose lease is over counts for nothing and is the next process's to take.
CREATE TABLE provider_slots (
    provider TEXT NOT NULL,
    holder TEXT NOT NULL,
    slots INTEGER NOT NULL CHECK (slots >= 0),
    lease_until_us INTEGER NOT NULL,
    PRIMARY KEY (provider, holder)
) STRICT;
