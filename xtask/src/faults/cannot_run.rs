//! A scenario that this machine cannot play: it neither held nor broke.

use std::fmt;

/// Why it cannot be played here.
#[derive(Debug)]
pub(super) struct CannotRun(pub(super) String);

impl fmt::Display for CannotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CannotRun {}

impl CannotRun {
    /// Whether the scenario ended for this reason, and no other.
    pub(super) fn is(error: &anyhow::Error) -> bool {
        error.downcast_ref::<Self>().is_some()
    }
}
