-- A resume is asked for first and done by a worker, which looks at the model before a cell starts (system.md, "A batch" 6). Until then the batch
-- stays paused. `preflight_due_us` is its lease, too.
ALTER TABLE batch_controls ADD COLUMN resume_lock text CHECK (resume_lock IN ('same', 'new'));
ALTER TABLE batch_controls ADD COLUMN resume_version text;
ALTER TABLE batch_controls ADD COLUMN resume_reason text;
ALTER TABLE batch_controls ADD COLUMN resume_by text;
ALTER TABLE batch_controls ADD COLUMN resume_at_us bigint;

CREATE INDEX batch_controls_resuming ON batch_controls (org_id, preflight_due_us) WHERE resume_lock IS NOT NULL;

GRANT UPDATE (resume_lock, resume_version, resume_reason, resume_by, resume_at_us, preflight_due_us, preflight_fence)
    ON batch_controls TO stet_api;
GRANT UPDATE (resume_lock, resume_version, resume_reason, resume_by, resume_at_us) ON batch_controls TO stet_worker;
