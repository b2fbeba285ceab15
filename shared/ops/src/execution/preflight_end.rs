//! What a preflight or a resume saw.

use stet_domain::batch::BatchEvent;
use stet_domain::canary::CanaryOutcomes;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::echo::EchoDigests;
use stet_domain::lock::{Listed, Lock, Observation};
use stet_domain::storable::storable;
use stet_store::LockRow;

/// The epoch that preflight opens.
const FIRST_EPOCH: i64 = 1;

/// How a preflight ended (system.md, "A batch" 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreflightEnd {
    /// It saw what the template holds to: lock epoch 1, and cells may start.
    Locked(PreflightLock),
    /// A resume saw what the lock in force says: the epoch goes on.
    Kept {
        /// What the template's canary prompts brought.
        canary: Option<CanaryOutcomes>,
    },
    /// It saw another version, or a fingerprint that is not allowed or not offered: the batch pauses before a cell is spent.
    Refused {
        /// `MODEL_VERSION_MISMATCH`, `FINGERPRINT_NOT_ALLOWED` or `FINGERPRINT_NOT_OFFERED`.
        code: ErrorCode,
        /// What was seen and what is asked for.
        detail: String,
    },
    /// The provider cannot serve until a person acts: the batch pauses with `provider_outage`.
    Outage {
        /// The provider's code.
        code: ErrorCode,
        /// What it said.
        detail: String,
    },
    /// A final error: the batch fails, and its waiting runs are cancelled with `BATCH_ENDED`.
    Failed {
        /// The error.
        code: ErrorCode,
        /// What is known of it.
        detail: String,
    },
}

/// What a lock epoch is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightLock {
    /// What was seen.
    pub observed: Observation,
    /// The version that an operator accepted in the place of the template's, where it is what was seen.
    pub lock_version: Option<String>,
    /// The service tier that served the probe.
    pub service_tier: Option<String>,
    /// The fingerprints of what the probe's answer echoes.
    pub echo: EchoDigests,
    /// What the provider's list says of the model.
    pub listed: Listed,
    /// What the template's canary prompts brought.
    pub canary: Option<CanaryOutcomes>,
}

impl PreflightLock {
    /// A lock of that observation about which nothing else is known.
    #[must_use]
    pub fn of(observed: Observation) -> Self {
        Self {
            observed,
            lock_version: None,
            service_tier: None,
            echo: EchoDigests::default(),
            listed: Listed::Unavailable,
            canary: None,
        }
    }
}

impl PreflightEnd {
    /// What the first preflight of a batch makes of it.
    pub(super) const fn event(&self) -> BatchEvent {
        match self {
            Self::Locked(_) | Self::Kept { .. } => BatchEvent::PreflightPassed,
            Self::Refused { .. } => BatchEvent::PreflightRefused,
            Self::Outage { .. } => BatchEvent::Outage,
            Self::Failed { .. } => BatchEvent::PreflightFailed,
        }
    }

    pub(super) fn reason(&self) -> Option<String> {
        self.code().zip(self.detail()).map(|(code, detail)| format!("{code}: {detail}"))
    }

    pub(super) const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Locked(_) | Self::Kept { .. } => None,
            Self::Refused { code, .. } | Self::Outage { code, .. } | Self::Failed { code, .. } => Some(*code),
        }
    }

    pub(super) fn detail(&self) -> Option<String> {
        match self {
            Self::Locked(_) | Self::Kept { .. } => None,
            Self::Refused { detail, .. } | Self::Outage { detail, .. } | Self::Failed { detail, .. } => {
                Some(storable(detail.clone()))
            }
        }
    }

    /// The epoch that it opens after `last`, and the canary outcomes of the look.
    pub(super) fn seen(
        self,
        last: Option<i64>,
        observed_at: Timestamp,
    ) -> (Option<LockRow>, Option<CanaryOutcomes>) {
        match self {
            Self::Locked(seen) => {
                let row = LockRow {
                    lock: Lock { epoch: last.map_or(FIRST_EPOCH, |last| last + 1), observed: seen.observed },
                    lock_version: seen.lock_version,
                    service_tier: seen.service_tier,
                    echo: seen.echo,
                    listed: Some(seen.listed),
                    canary_sha256: seen.canary.as_ref().map(CanaryOutcomes::sha256),
                    observed_at,
                };
                (Some(row), seen.canary)
            }
            Self::Kept { canary } => (None, canary),
            Self::Refused { .. } | Self::Outage { .. } | Self::Failed { .. } => (None, None),
        }
    }
}
