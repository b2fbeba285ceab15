-- The twin mends a trigger of SQLite's; this engine's has been right since 0005.
COMMENT ON TRIGGER attempts_end_once ON attempts IS 'An attempt ends once; lost may become fenced.';
