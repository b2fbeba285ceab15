//! What this process counts of its work.

use std::time::Duration;

use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::metric::Metric;
use stet_domain::provider_limits::ProviderGateKind;
use stet_ops::RunRetry;
use stet_ops::rows::{CommitRow, Commits};

/// The outcome of a call that was answered.
const ANSWERED: &str = "answered";

/// Runs that a group recorded; those that were fenced are not among them.
pub(crate) fn runs_ended(commits: &[CommitRow], done: &Commits) {
    for commit in commits.iter().filter(|commit| done.written.contains(&commit.run)) {
        metrics::counter!(Metric::RunsEnded.name(), "status" => commit.status.as_str()).increment(1);
    }
}

/// Attempts that a group sent back.
pub(crate) fn attempts_retried(retries: &[RunRetry], done: &Commits) {
    for retry in retries.iter().filter(|retry| done.written.contains(&retry.row.run)) {
        let code = retry.row.error_code.as_str();
        metrics::counter!(Metric::AttemptsRetried.name(), "error_code" => code).increment(1);
    }
}

/// Attempts that came too late.
pub(crate) fn attempts_fenced(count: usize) {
    metrics::counter!(Metric::AttemptsFenced.name()).increment(count as u64);
}

/// One call, and how long it took.
pub(crate) fn provider_called(provider: Provider, failed: Option<ErrorCode>, latency: Duration) {
    let (provider, outcome) = (provider.as_str(), failed.map_or(ANSWERED, ErrorCode::as_str));
    metrics::counter!(Metric::ProviderCalls.name(), "provider" => provider, "outcome" => outcome)
        .increment(1);
    metrics::histogram!(Metric::ProviderCallSeconds.name(), "provider" => provider).record(latency);
}

/// How long a provider's gate stays closed.
pub(crate) fn provider_blocked(provider: Provider, left: Duration) {
    metrics::gauge!(Metric::ProviderBlockedSeconds.name(), "provider" => provider.as_str())
        .set(left.as_secs_f64());
}

/// Calls that had to wait.
pub(crate) fn admissions_delayed(provider: Provider, gate: ProviderGateKind, count: usize) {
    let (provider, limit) = (provider.as_str(), gate.as_str());
    metrics::counter!(Metric::ProviderAdmissionsDelayed.name(), "provider" => provider, "limit" => limit)
        .increment(count as u64);
}

/// A cell in flight, for as long as this lives.
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn begin() -> Self {
        metrics::gauge!(Metric::CellsInFlight.name()).increment(1.0);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!(Metric::CellsInFlight.name()).decrement(1.0);
    }
}
