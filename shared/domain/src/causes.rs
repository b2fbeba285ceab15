//! An error with what caused it.

use std::error::Error;

/// The error and its causes, in one line, for a log: what an error says of itself leaves them out.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
