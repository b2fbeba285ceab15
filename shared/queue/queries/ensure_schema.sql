-- The library's tables and the extensions that they use stay out of the schema of the rows.
CREATE SCHEMA IF NOT EXISTS apalis;
CREATE EXTENSION IF NOT EXISTS hstore SCHEMA apalis;
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA apalis;
