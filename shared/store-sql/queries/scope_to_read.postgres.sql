SELECT
    set_config('app.org_id', $1, true),
    set_config('lock_timeout', coalesce($2, current_setting('lock_timeout')), true)
