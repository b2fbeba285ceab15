-- A resume is asked for first and done by a worker, which looks at the model before a cell starts (system.md, "A batch" 6). Until then the batch
-- stays paused. `preflight_due_us` is its lease, too.
ALTER TABLE batch_controls ADD COLUMN resume_lock TEXT CHECK (resume_lock IN ('same', 'new'));
ALTER TABLE batch_controls ADD COLUMN resume_version TEXT;
ALTER TABLE batch_controls ADD COLUMN resume_reason TEXT;
ALTER TABLE batch_controls ADD COLUMN resume_by TEXT;
ALTER TABLE batch_controls ADD COLUMN resume_at_us INTEGER;

CREATE INDEX batch_controls_resuming ON batch_controls (org_id, preflight_due_us) WHERE resume_lock IS NOT NULL;
