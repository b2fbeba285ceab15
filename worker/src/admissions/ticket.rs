//! Leave for one attempt's calls.

use stet_domain::Provider;

use super::Admissions;

/// What an attempt used of its provider's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Calls made.
    pub(crate) calls: u64,
    /// Tokens used; `None` where an answer did not say.
    pub(crate) tokens: Option<u64>,
}

/// Leave to call; its slot is free again when it goes.
pub(crate) struct Ticket(Option<Limited>);

struct Limited {
    admissions: Admissions,
    provider: Provider,
    /// What was reserved.
    tokens: u64,
}

impl Ticket {
    /// For a provider without limits.
    pub(super) const fn free() -> Self {
        Self(None)
    }

    pub(super) const fn new(admissions: Admissions, provider: Provider, tokens: u64) -> Self {
        Self(Some(Limited { admissions, provider, tokens }))
    }

    /// Settles what was reserved, one call and its tokens, with what was used; a further exchange of the same attempt is paid for here.
    pub(crate) fn settle(&self, spent: Spent) {
        let Some(Limited { admissions, provider, tokens }) = &self.0 else { return };
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let calls = signed(spent.calls).saturating_sub(1);
        let tokens = spent.tokens.map_or(0, |used| signed(used).saturating_sub(signed(*tokens)));
        admissions.owe(*provider, calls, tokens);
    }

    /// Nothing was called.
    pub(crate) fn give_back(self) {
        self.settle(Spent { calls: 0, tokens: Some(0) });
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.admissions.end(self.provider);
    }
}
