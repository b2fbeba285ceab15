-- Before there is a schema.
SELECT clock_timestamp() IS NOT NULL AS runs
