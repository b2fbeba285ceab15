//! The one table of metrics: who counts, the exporter and the documents speak of the same ones.

/// What a metric is (`prometheus.io/docs/concepts/metric_types`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows while the process lives.
    Counter,
    /// It rises and falls.
    Gauge,
    /// Observations in buckets.
    Histogram,
}

macro_rules! metrics {
    ($($kind:ident $variant:ident $name:literal [$($label:literal),*] $doc:literal,)+) => {
        /// A metric.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric { $(#[doc = $doc] $variant,)+ }

        impl Metric {
            /// Every metric, in the order of the documents.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name; the unit stands last.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it is.
            #[must_use]
            pub const fn kind(self) -> MetricKind {
                match self { $(Self::$variant => MetricKind::$kind,)+ }
            }

            /// The names of its labels; their values are closed sets.
            #[must_use]
            pub const fn labels(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($label),*],)+ }
            }

            /// One sentence for a person.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }
        }
    };
}

metrics! {
    Counter HttpRequests "http_requests_total" ["operation", "status"] "Requests answered, by operation of the API's document and HTTP status.",
    Histogram HttpRequestSeconds "http_request_seconds" ["operation"] "How long an operation took to answer.",
    Counter SingleFlightLocks "provider_cache_singleflight_locks_total" ["provider"] "Leads taken to fetch a provider's list of models: one a live fetch, however many asked.",
    Gauge CellsInFlight "cells_in_flight" [] "Cells that this process holds a lease of.",
    Counter ProviderCalls "provider_calls_total" ["provider", "outcome"] "Calls to a provider, by `answered` or the error code that they ended with.",
    Histogram ProviderCallSeconds "provider_call_seconds" ["provider"] "How long a provider took to answer or to fail.",
    Gauge ProviderBlockedSeconds "provider_blocked_seconds" ["provider"] "How long the provider's gate stays closed for every process; 0 where it is open.",
    Counter ProviderAdmissionsDelayed "provider_admissions_delayed_total" ["provider", "limit"] "Calls that were due and had to wait, by the limit that held them back.",
    Counter ScheduleDueTimes "schedule_due_times_total" ["outcome"] "Due times of schedules that this process told of: `fired`, `failed` or `missed`.",
    Counter RunsEnded "runs_ended_total" ["status"] "Runs that this process recorded as ended, by their status.",
    Counter AttemptsRetried "attempts_retried_total" ["error_code"] "Attempts that ended in an error which another try may mend.",
    Counter AttemptsFenced "attempts_fenced_total" [] "Attempts whose claim had passed on when they were to be written.",
    Counter RunsReclaimed "runs_reclaimed_total" [] "Runs that a sweep took back because their lease had expired.",
    Counter RunsPoisoned "runs_poisoned_total" [] "Runs that failed because they were lost with their process too often.",
    Counter HintsRung "queue_hints_rung_total" [] "Hints that this process put into the queue.",
    Counter HintsHeard "queue_hints_heard_total" [] "Hints that this process took from the queue.",
    Counter DeadLetters "queue_dead_letters_total" [] "Messages in the queue that this process could not read; they are kept in `dead_letters`.",
    Gauge HintsWaiting "queue_hints_waiting" [] "Hints in the queue that nobody has taken, as the leading scheduler counted them last.",
    Counter RedisFailures "redis_failures_total" ["operation"] "Operations that Redis did not answer in time or refused; the rows were asked instead.",
    Counter RedisRefusals "redis_refusals_total" ["what"] "What Redis refused before any row was asked: a `flight`, an `admission` or a `hint`.",
    Counter RecordsSealed "records_sealed_total" [] "Terminal runs that this process sealed into segments.",
    Counter AuditsDone "audits_total" [] "Audits of the rows that this process has done to the end.",
    Counter AuditViolations "audit_violations_total" ["invariant"] "Rows that break an invariant, as each audit of this process counted them.",
    Gauge UnsealedAgeSeconds "unsealed_age_seconds" [] "Age of the oldest terminal run that no segment holds yet, over all orgs; 0 where there is none.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_say_their_kind() {
        for (index, metric) in Metric::ALL.iter().enumerate() {
            let name = metric.name();
            assert!(Metric::ALL.iter().skip(index + 1).all(|other| other.name() != name), "{name}");
            assert_eq!(metric.kind() == MetricKind::Counter, name.ends_with("_total"), "{name}");
            // Every observation in buckets is a duration; an age is one, too, and no histogram.
            assert!(metric.kind() != MetricKind::Histogram || name.ends_with("_seconds"), "{name}");
            assert!(metric.kind() != MetricKind::Counter || !name.ends_with("_seconds_total"), "{name}");
        }
    }
}
