//! Every query of this engine, by the file that it stands in; a query without a user does not compile, and a file without a
//! query fails a test.

macro_rules! queries {
    ($($name:ident = $file:literal,)+) => {
        $(pub(in crate::sqlite) const $name: &str = include_str!(concat!("../../queries/", $file));)+

        /// File name and text of each.
        #[cfg(test)]
        pub(in crate::sqlite) const ALL: &[(&str, &str)] = &[$(($file, $name),)+];
    };
}

queries! {
    ADD_TO_COUNTERS = "add_to_counters.sqlite.sql",
    CANCEL_ENDED_RUNS = "cancel_ended_runs.sqlite.sql",
    CANCEL_WAITING_RUNS = "cancel_waiting_runs.sql",
    CLAIM_POISONED = "claim_poisoned.sqlite.sql",
    CLAIM_PREFLIGHT = "claim_preflight.sqlite.sql",
    CLAIM_RUNS = "claim_runs.sqlite.sql",
    CLOSE_ATTEMPTS = "close_attempts.sqlite.sql",
    COMMIT_RUNS = "commit_runs.sqlite.sql",
    COMPLETE_BATCHES = "complete_batches.sqlite.sql",
    COUNT_RUNS_OF_BATCH = "count_runs_of_batch.sql",
    COUNT_RUNS_OF_ORG = "count_runs_of_org.sql",
    COUNT_RUNS_OF_TEMPLATE = "count_runs_of_template.sql",
    DUE_PREFLIGHTS = "due_preflights.sqlite.sql",
    DUE_RUNS = "due_runs.sqlite.sql",
    ENSURE_ORG = "ensure_org.sql",
    EXPIRED_RUNS = "expired_runs.sqlite.sql",
    FIND_API_KEY = "find_api_key.sql",
    FIND_TEMPLATE = "find_template.sqlite.sql",
    FINISH_PREFLIGHT = "finish_preflight.sql",
    FINISHED_BATCHES = "finished_batches.sql",
    GET_BATCH = "get_batch.sql",
    GET_BATCH_ROW = "get_batch_row.sql",
    GET_IDEMPOTENCY = "get_idempotency.sql",
    GET_LOCK = "get_lock.sql",
    GET_RUN = "get_run.sql",
    GET_TEMPLATE = "get_template.sql",
    HAS_MIGRATIONS = "has_migrations.sqlite.sql",
    INSERT_API_KEY = "insert_api_key.sql",
    INSERT_ATTEMPTS = "insert_attempts.sqlite.sql",
    INSERT_BATCH = "insert_batch.sql",
    INSERT_BATCH_CONTROL = "insert_batch_control.sqlite.sql",
    INSERT_BATCH_COUNTERS = "insert_batch_counters.sql",
    INSERT_CELLS = "insert_cells.sqlite.sql",
    INSERT_CITATIONS = "insert_citations.sqlite.sql",
    INSERT_EXCHANGES = "insert_exchanges.sqlite.sql",
    INSERT_IDEMPOTENCY = "insert_idempotency.sql",
    INSERT_KEY_CHECK = "insert_key_check.sql",
    INSERT_LOCK = "insert_lock.sql",
    INSERT_OUTPUTS = "insert_outputs.sqlite.sql",
    INSERT_SINGLE_RUN = "insert_single_run.sqlite.sql",
    INSERT_TEMPLATE = "insert_template.sql",
    LIST_API_KEYS = "list_api_keys.sql",
    LIST_ATTEMPTS = "list_attempts.sql",
    LIST_BATCHES = "list_batches.sql",
    LIST_CITATIONS = "list_citations.sql",
    LIST_EXCHANGES = "list_exchanges.sql",
    LIST_KEY_CHECKS = "list_key_checks.sql",
    LIST_LOCKS = "list_locks.sqlite.sql",
    LIST_MIGRATIONS = "list_migrations.sqlite.sql",
    LIST_RUNS_OF_BATCH = "list_runs_of_batch.sql",
    LIST_RUNS_OF_ORG = "list_runs_of_org.sql",
    LIST_RUNS_OF_TEMPLATE = "list_runs_of_template.sql",
    LIST_TEMPLATES = "list_templates.sql",
    LOSE_ATTEMPTS = "lose_attempts.sqlite.sql",
    NEXT_DUE = "next_due.sql",
    NOW = "now.sqlite.sql",
    POISONED_RUNS = "poisoned_runs.sqlite.sql",
    PRUNE_IDEMPOTENCY = "prune_idempotency.sqlite.sql",
    RECOGNISE_ATTEMPTS = "recognise_attempts.sqlite.sql",
    RELEASE_PREFLIGHT = "release_preflight.sqlite.sql",
    RELEASE_RUNS = "release_runs.sqlite.sql",
    RENEW_LEASES = "renew_leases.sqlite.sql",
    RETRY_RUNS = "retry_runs.sqlite.sql",
    REVOKE_API_KEY = "revoke_api_key.sql",
    SELECT_CLAIMS = "select_claims.sqlite.sql",
    SET_BATCH_CONTROL = "set_batch_control.sql",
    SWEEP_RUNS = "sweep_runs.sqlite.sql",
}

#[cfg(test)]
mod tests;
