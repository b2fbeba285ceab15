//! The scenarios, one a file, in the order in which they are run.

mod cut_off;
mod exhausted_pool;
mod full_disk;
mod killed_after_commit;
mod killed_after_reply;
mod killed_mid_call;
mod large_batch;
mod parallel_resumes;
mod pauses;
mod poison;
mod rate_limited;
mod repeated_hints;
mod slow_provider;
mod stopped_in_its_tracks;
mod three_schedulers;
mod told_to_stop;
mod without_database;
mod without_redis;
mod wrong_clock;

use super::Draw;
use super::outcome::Outcome;

/// One line of the specification's table.
pub(crate) struct Scenario {
    pub(super) number: u32,
    /// What is done to the fleet.
    pub(super) fault: &'static str,
    pub(super) in_test_command: bool,
    pub(super) run: fn(&mut Draw) -> anyhow::Result<Outcome>,
}

const fn scenario(
    number: u32,
    fault: &'static str,
    in_test_command: bool,
    run: fn(&mut Draw) -> anyhow::Result<Outcome>,
) -> Scenario {
    Scenario { number, fault, in_test_command, run }
}

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario(1, "kill -9 of a worker mid-call", true, killed_mid_call::run),
    scenario(20, "a worker stopped for 3 leases, then continued", true, stopped_in_its_tracks::run),
    scenario(17, "pauses against 24 claimers", true, pauses::run),
    scenario(9, "the same doorbell 10 times", true, repeated_hints::run),
    scenario(2, "kill between reply and commit", false, killed_after_reply::run),
    scenario(3, "kill between commit and acknowledgement", false, killed_after_commit::run),
    scenario(4, "PostgreSQL restarted at once", false, without_database::run),
    scenario(14, "SIGTERM, a second, and SIGKILL with calls in flight", false, told_to_stop::run),
    scenario(10, "a provider slower than 3 leases", false, slow_provider::run),
    scenario(15, "three schedulers", true, three_schedulers::run),
    scenario(16, "50 parallel resumes", true, parallel_resumes::run),
    scenario(6, "Redis emptied", false, without_redis::flushed),
    scenario(7, "Redis killed and started empty", false, without_redis::restarted),
    scenario(8, "a worker cut off from the database", false, cut_off::run),
    scenario(11, "every call answered 429", false, rate_limited::run),
    scenario(5, "every pool exhausted", true, exhausted_pool::run),
    scenario(12, "clocks of workers an hour off", false, wrong_clock::run),
    scenario(13, "PostgreSQL's disk full", false, full_disk::run),
    scenario(18, "100,000 cells in one POST, and one more", false, large_batch::run),
    scenario(19, "a poison cell among 200", true, poison::run),
];
