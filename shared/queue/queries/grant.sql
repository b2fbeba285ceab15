-- Who rings needs to insert and no more. Who listens fetches, acknowledges, and removes what is done.
GRANT USAGE ON SCHEMA apalis TO stet_api, stet_worker;
GRANT SELECT ON apalis._sqlx_migrations TO stet_api, stet_worker;
GRANT INSERT ON apalis.jobs TO stet_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON apalis.jobs, apalis.workers TO stet_worker;
