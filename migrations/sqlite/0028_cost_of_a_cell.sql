-- The twin makes a cell cheaper on PostgreSQL. Here, too, no route lists an org's runs whatever their template and batch.
DROP INDEX runs_by_created;
