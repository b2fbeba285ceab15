//! The real scheduler over the real SQLite store, beside the real worker where runs are to end.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod audit;
mod completion;
mod fixture;
mod prune;
mod ring;
mod schedules;
mod sealing;
mod sweep;
mod tampering;
mod versions;
