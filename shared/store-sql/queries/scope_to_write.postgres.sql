-- What is written is found by its keys, whatever the planner believes of the tables: one plan for all parameters, kept with the connection, and made without
-- the joins and scans that look cheap while a table is small. A plan outlives that (docs/decisions/0011-postgres.md).
-- A process that stands still in a transaction holds what it has locked for a quarter of a minute at most: the server ends it.
SELECT
    set_config('app.org_id', $1, true),
    set_config('lock_timeout', coalesce($2, current_setting('lock_timeout')), true),
    set_config('idle_in_transaction_session_timeout', '15s', true),
    set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true),
    -- What cannot but read a whole table would look dear enough to be compiled.
    set_config('jit', 'off', true)
