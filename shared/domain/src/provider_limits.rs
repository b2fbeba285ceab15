//! What a provider's account allows, as all processes keep to it together (api.md, "Limits").

use crate::names::names;

/// The limits of one provider; what is `None` is not limited here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProviderLimits {
    /// `PROVIDER_<NAME>_RPM`: calls a minute.
    pub requests_per_minute: Option<u64>,
    /// `PROVIDER_<NAME>_TPM`: tokens a minute, read and written.
    pub tokens_per_minute: Option<u64>,
    /// `PROVIDER_<NAME>_MAX_CONCURRENCY`: calls under way at once.
    pub max_concurrency: Option<u64>,
}

impl ProviderLimits {
    /// Nothing is limited.
    pub const NONE: Self = Self { requests_per_minute: None, tokens_per_minute: None, max_concurrency: None };

    /// Whether nothing is limited: then nothing has to be asked before a call.
    #[must_use]
    pub const fn is_unlimited(&self) -> bool {
        matches!(self, Self { requests_per_minute: None, tokens_per_minute: None, max_concurrency: None })
    }
}

names! {
    /// What can hold a call back.
    pub enum ProviderGateKind {
        /// The provider said to wait.
        Blocked = "blocked",
        /// Calls a minute.
        Requests = "requests",
        /// Tokens a minute.
        Tokens = "tokens",
        /// Calls under way at once.
        Concurrency = "concurrency",
    }
}
