-- Rows of the coordination port. They belong to no org: a provider's list is the same for all.
CREATE TABLE provider_versions (
    provider TEXT NOT NULL PRIMARY KEY CHECK (provider IN ('openai', 'gemini', 'vertex')),
    listing TEXT NOT NULL CHECK (json_valid(listing)),
    etag TEXT,
    checked_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE single_flights (
    name TEXT NOT NULL PRIMARY KEY,
    fence INTEGER NOT NULL CHECK (fence >= 0),
    holder TEXT,
    lease_until_us INTEGER NOT NULL
) STRICT;
