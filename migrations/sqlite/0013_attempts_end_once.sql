-- The trigger of 0005 let a lost attempt be opened again: with no new outcome its condition was neither true nor false.
DROP TRIGGER attempts_end_once;

CREATE TRIGGER attempts_end_once BEFORE UPDATE ON attempts
WHEN OLD.outcome IS NOT NULL AND (OLD.outcome = 'lost' AND NEW.outcome = 'fenced') IS NOT TRUE
BEGIN
    SELECT RAISE(ABORT, 'stet: an attempt ends once');
END;
