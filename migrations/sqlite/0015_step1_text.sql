-- The text of step 1 that a reshaping step was given, to the byte; null without such a step, and in runs that ended before this column was.
ALTER TABLE run_outputs ADD COLUMN step1_text BLOB;
