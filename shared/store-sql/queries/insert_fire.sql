INSERT INTO schedule_fires (
    org_id, schedule_id, due_at_us, through_at_us, due_times, outcome, batch_id, error_code, error_detail, at_us
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
