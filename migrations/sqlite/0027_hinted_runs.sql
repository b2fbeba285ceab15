-- The twin mends a function of PostgreSQL's; this engine's query is in its file and looks each hint up by its key.
SELECT 1;
