//! Exit statuses (api.md, "`stet`, one binary").

use std::process::ExitCode;

/// How a verb ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done.
    Done = 0,
    /// It failed.
    Error = 1,
    /// The state that was asked for could not be determined.
    Undetermined = 3,
    /// The batch ended and some cells failed.
    CellsFailed = 10,
    /// The batch is paused.
    Paused = 20,
    /// The batch was cancelled.
    Cancelled = 30,
    /// Interrupted by a signal; what was started goes on.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A question that got no answer from the server is neither yes nor no: the error is said, and the status tells it from a "no".
pub(crate) fn or_undetermined(answered: anyhow::Result<Exit>) -> anyhow::Result<Exit> {
    match answered {
        Err(error) if error.chain().any(<dyn std::error::Error>::is::<reqwest::Error>) => {
            eprintln!("error: {error:#}");
            Ok(Exit::Undetermined)
        }
        other => other,
    }
}
