-- Rows of the coordination port. They belong to no org: a provider's list is the same for all. So they have no row-level
-- security, and only the rights that the port needs.
CREATE TABLE provider_versions (
    provider text COLLATE "C" NOT NULL PRIMARY KEY CHECK (provider IN ('openai', 'gemini', 'vertex')),
    listing text NOT NULL CHECK (json_typeof(listing::json) = 'array'),
    etag text,
    checked_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON provider_versions TO stet_api, stet_worker;

CREATE TABLE single_flights (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    fence bigint NOT NULL CHECK (fence >= 0),
    holder text,
    lease_until_us bigint NOT NULL
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE ON single_flights TO stet_api, stet_worker;
