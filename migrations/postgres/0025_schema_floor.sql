-- Which builds this schema still serves, so that those of the release before go on while the next one is rolled out (docs/decisions/0026-upgrades.md).
--
-- A migration that only adds leaves the row as it stands. One that takes something away, or asks more of a writer, sets it to its own number.
CREATE TABLE schema_floor (
    only_row bigint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    -- A build is served whose newest migration is this one or a later one.
    least_migration bigint NOT NULL CHECK (least_migration > 0)
);

INSERT INTO schema_floor (only_row, least_migration) VALUES (1, 25);

GRANT SELECT ON schema_floor TO stet_api, stet_worker;
