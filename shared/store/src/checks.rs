//! Checks of the rows against the invariants, window by window (reliability.md, "Invariants").

use async_trait::async_trait;
use stet_domain::invariant::Invariant;

use crate::StoreError;

macro_rules! checks {
    ($($variant:ident $invariant:ident $subject:ident $says:literal,)+) => {
        /// One look at rows that an invariant speaks of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check { $(#[doc = $says] $variant,)+ }

        impl Check {
            /// Every check, by its invariant.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The invariant that it is of.
            #[must_use]
            pub const fn invariant(self) -> Invariant {
                match self { $(Self::$variant => Invariant::$invariant,)+ }
            }

            /// What the ids are of that it tells.
            #[must_use]
            pub const fn subject(self) -> Subject {
                match self { $(Self::$variant => Subject::$subject,)+ }
            }
        }
    };
}

checks! {
    EndedRuns Terminal Run "What has ended has a moment, no lease, and a digest where it has a result.",
    Reruns Terminal Run "What was run again had ended, and reruns follow one another.",
    Results Results Run "A run with a result has one recorded attempt and one output.",
    Fences Fences Run "Attempts have fences that their run gave; only the claim in force is open.",
    Counters Counters Batch "Counters are the counts of current runs.",
    Cells Cells Batch "Every accepted cell has a current run.",
    Calls Calls Run "An exchange has its attempt, which began before its result was recorded.",
    PreflightCalls Calls Batch "An exchange of a preflight, and what it observed, has its attempt.",
    Unfinished Ended Run "Nothing waits or runs, but in paused batches: true only at rest.",
    Pauses Pauses Run "No attempt began while its batch was paused or after it was called off.",
    StraysOfRuns Orgs Run "What belongs to a run belongs to one of the same org.",
    StraysOfBatches Orgs Batch "What belongs to a batch belongs to one of the same org.",
}

/// What the ids are of that a check tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Runs.
    Run,
    /// Batches.
    Batch,
}

/// A stretch of what a check looks at, in the order of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckWindow {
    /// Behind this id; from the first on where `None`.
    pub after: Option<[u8; 16]>,
    /// How many are looked at, at most; a check of batches looks at so many cells, or at one batch.
    pub width: u32,
    /// How many ids of what breaks the invariant are told, at most.
    pub first: u32,
}

/// What a window held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many were looked at.
    pub looked: u64,
    /// The last of them; `None` where the window was empty: everything has been looked at.
    pub last: Option<[u8; 16]>,
    /// How many break the invariant.
    pub violations: u64,
    /// The first of those, in the order of ids.
    pub first: Vec<[u8; 16]>,
}

/// The checks of one org. A check reads one snapshot of its window and answers ids and counts.
#[async_trait]
pub trait Checks {
    /// Looks at a window.
    async fn check(&mut self, check: Check, window: CheckWindow) -> Result<Checked, StoreError>;
}
