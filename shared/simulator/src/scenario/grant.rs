//! What the token endpoint grants.

use serde::{Deserialize, Serialize};

/// Seconds that a token may be said to live.
const EXPIRES_MAX_S: u64 = 43_200;

/// How access tokens are issued and taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Grant {
    /// Whether Vertex takes tokens that were issued here and no others.
    pub(crate) only_issued: bool,
    /// The lifetime that is told, in seconds.
    pub(crate) expires_in_s: u64,
    /// How long a token is taken in truth, in milliseconds; for ever where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live_ms: Option<u64>,
    /// Whether the lifetime is told as a string, as some token servers do.
    pub(crate) expires_in_as_text: bool,
}

impl Default for Grant {
    fn default() -> Self {
        Self { only_issued: false, expires_in_s: 3_599, live_ms: None, expires_in_as_text: false }
    }
}

impl Grant {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(self) -> Result<(), String> {
        if (1..=EXPIRES_MAX_S).contains(&self.expires_in_s) {
            return Ok(());
        }
        Err(format!("`expires_in_s` is {}, and must be from 1 to {EXPIRES_MAX_S}", self.expires_in_s))
    }
}
