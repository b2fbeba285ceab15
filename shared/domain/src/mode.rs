//! How far an answer must rest on a web search.

use std::fmt;
use std::str::FromStr;

/// A cell's grounding mode, in the order in which a batch expands them (system.md, "A batch").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroundingMode {
    /// No search is offered.
    Ungrounded,
    /// A search is offered; its absence is recorded.
    Preferred,
    /// A search is asked for; an answer without evidence fails closed.
    Required,
}

impl GroundingMode {
    /// All modes, in expansion order.
    pub const ALL: [Self; 3] = [Self::Ungrounded, Self::Preferred, Self::Required];

    /// The name used in rows, hashes, API and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ungrounded => "UNGROUNDED",
            Self::Preferred => "PREFERRED",
            Self::Required => "REQUIRED",
        }
    }
}

impl fmt::Display for GroundingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no grounding mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no grounding mode: UNGROUNDED, PREFERRED or REQUIRED")]
pub struct InvalidMode(pub String);

impl FromStr for GroundingMode {
    type Err = InvalidMode;

    fn from_str(text: &str) -> Result<Self, InvalidMode> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| InvalidMode(text.chars().take(64).collect()))
    }
}
