//! The suite that every engine must pass: one function a case, run by [`conformance!`](crate::conformance!) on a database of its own.
//!
//! A case panics where the engine is wrong and answers an error where it fails.

#![expect(clippy::missing_errors_doc, reason = "every case fails with what the engine said")]
#![expect(clippy::missing_panics_doc, reason = "every case panics where the engine is wrong")]

pub mod api_keys;
pub mod audit;
pub mod backlog;
pub mod batches;
pub mod claims;
pub mod commits;
pub mod due;
pub mod idempotency;
pub mod immutability;
pub mod isolation;
pub mod key_checks;
pub mod leases;
pub mod matrix;
pub mod offers;
pub mod pages;
pub mod preflights;
pub mod resumes;
pub mod retries;
pub mod runs;
pub mod sample;
pub mod scene;
pub mod schedules;
pub mod segments;
pub mod steps;
pub mod sweeps;
pub mod templates;
pub mod transactions;

use async_trait::async_trait;

use crate::{Store, StoreError};

/// A fresh database with the schema of this build, as an engine's test provides it.
#[async_trait]
pub trait Bed: Send + Sync {
    /// The engine.
    fn store(&self) -> &dyn Store;

    /// Brings the schema up to this build, by who has the rights for it; answers how many migrations ran.
    async fn migrate(&self) -> Result<usize, StoreError>;

    /// Runs SQL past the port, with the rights that the application has and with all rights; the engine's words where the latter is refused.
    async fn sql(&self, statement: &str) -> Result<(), String>;

    /// Bytes in the engine's dialect, given in hexadecimal.
    fn bytes(&self, hex: &str) -> String;

    /// Statements of the engine's own dialect that would put another row in the place of one that stands.
    fn replacing(&self) -> &'static [&'static str];

    /// The one number that a query past the port answers.
    async fn number(&self, query: &'static str) -> i64;
}

/// Makes one test a case: `stet_store::conformance!(bed)` beside `async fn bed() -> impl Bed`.
///
/// The crate that calls it needs `tokio` with `macros` and a runtime.
#[macro_export]
macro_rules! conformance {
    ($bed:ident) => {
        $crate::conformance! { @cases $bed;
            api_keys: a_key_is_kept_found_and_revoked, a_taken_id_conflicts;
            audit: changes_are_kept;
            backlog: what_runs_and_waits_is_counted_and_what_is_paused_is_not, room_is_what_the_bound_of_a_batch_leaves;
            batches: a_batch_is_kept_with_its_cells, cells_are_listed_by_number, twenty_thousand_cells_in_one_transaction,
                the_control_moves_only_from_where_it_was, a_batch_completes_when_every_cell_is_terminal,
                cancelling_ends_what_waits;
            claims: a_claim_makes_the_attempt_and_brings_the_facts, concurrent_claimers_get_disjoint_runs,
                a_batch_that_is_not_running_gives_no_claims, max_parallel_bounds_the_claims,
                last_lives_are_claimed_as_many_as_are_wanted,
                a_run_that_is_not_due_is_not_claimed, ids_that_repeat_are_claimed_once;
            commits: a_commit_keeps_everything, a_commit_is_recognised_when_it_comes_twice, a_late_commit_is_fenced,
                counters_equal_the_rows, a_terminal_run_of_another_end_is_no_recognition, commits_of_many_megabytes,
                text_is_kept_to_the_byte;
            due: orgs_take_turns, batches_of_an_org_take_turns_and_single_runs_go_first, a_full_batch_offers_nothing,
                the_next_moment_is_told, expired_leases_are_found, a_lost_completion_is_found;
            idempotency: a_record_is_kept_until_it_expires, a_standing_key_conflicts, pruning_is_bounded;
            immutability: what_is_written_stays, what_stands_is_not_replaced, illegal_steps_are_refused;
            isolation: another_org_sees_nothing, another_org_changes_nothing;
            key_checks: the_first_check_of_a_key_stands, another_secret_under_a_known_id_is_named;
            leases: renewing_holds_the_lease, a_released_run_burns_nothing, a_stale_fence_renews_nothing;
            offers: only_the_wanted_providers_work_is_offered, a_look_can_begin_behind_an_org,
                hinted_runs_are_those_that_may_be_claimed;
            pages: templates_page_without_loss, runs_page_without_loss_under_inserts, batches_page_without_loss;
            preflights: one_claimant_at_a_time, a_released_preflight_waits, finishing_takes_the_fence,
                every_attempt_is_kept;
            resumes: an_earlier_probe_ends_no_resume, a_resume_is_asked_for_claimed_and_ended, cells_are_run_again;
            matrix: what_cells_brought_is_summed_up;
            retries: a_retry_waits_and_counts, a_retry_is_recognised_when_it_comes_twice, a_late_retry_is_fenced,
                a_retry_into_an_ended_batch_is_cancelled;
            runs: a_single_run_is_kept, filters_hold_together, counts_follow_the_filter;
            schedules: a_schedule_is_kept_and_moves, what_became_of_a_due_time_is_told_once, due_schedules_take_turns,
                one_of_many_fires_a_due_time;
            segments: ended_runs_are_listed_as_they_were_recorded, nothing_is_recorded_into_a_sealed_stretch, segments_are_kept;
            steps: runs_take_the_steps_of_their_machine, batches_take_the_steps_of_their_machine;
            sweeps: an_expired_lease_comes_back, the_third_crash_is_poison, a_live_lease_is_left_alone,
                a_swept_run_of_an_ended_batch_is_cancelled;
            templates: a_template_is_kept, equal_content_conflicts_within_an_org, candidates_are_tried_in_order;
            transactions: a_dropped_transaction_leaves_nothing, a_read_sees_one_snapshot, a_read_writes_nothing,
                the_schema_is_ready_and_the_clock_runs;
        }
    };
    (@cases $bed:ident; $($module:ident: $($case:ident),+;)+) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() -> Result<(), $crate::StoreError> {
                let bed = super::$bed().await;
                $crate::conformance::$module::$case(&bed).await
            })+
        })+
    };
}
