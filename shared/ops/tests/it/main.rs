//! The operations on a real SQLite store.

#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod api_keys;
mod audit;
mod batch_life;
mod batch_submission;
mod fixture;
mod idempotency;
mod keys;
mod preflight;
mod providers;
mod run_blockers;
mod schedules;
mod single_run;
mod sweep;
mod templates;
mod tenancy;
mod verify_batch;
