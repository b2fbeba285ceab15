//! Who answered: drift from the lock, equality with the pin, the fingerprint allowlist.

use crate::code::ErrorCode;
use crate::drift::DriftKind;
use crate::lock::Observation;
use crate::template::Template;

/// Characters of a detail at most: part of it is what a provider answered.
pub const MAX_DETAIL_CHARS: usize = 1_000;

/// Why a result is not accepted: its code and what is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Offence {
    /// The code for the row.
    pub code: ErrorCode,
    /// Value and limit, in words.
    pub detail: String,
}

impl Offence {
    pub(super) fn new(code: ErrorCode, detail: impl AsRef<str>) -> Self {
        Self { code, detail: detail.as_ref().chars().take(MAX_DETAIL_CHARS).collect() }
    }
}

/// How an observation differs from a lock; a fingerprint that either side does not offer is never drift (providers.md).
#[must_use]
pub fn drift(locked: &Observation, observed: &Observation) -> Option<DriftKind> {
    if locked.model_version != observed.model_version {
        return Some(DriftKind::VersionChanged);
    }
    match (&locked.model_fingerprint, &observed.model_fingerprint) {
        (Some(locked), Some(observed)) if locked != observed => Some(DriftKind::FingerprintChanged),
        (Some(_) | None, Some(_) | None) => None,
    }
}

/// Whether an observation is what the template holds to: of a single run, of preflight, and of a new lock.
///
/// `lock_version` is the version that an operator accepted in place of the template's.
///
/// # Errors
/// The [`Offence`]: another version, or a fingerprint that is not allowed or not offered.
pub fn check_observation(
    template: &Template,
    lock_version: Option<&str>,
    observed: &Observation,
) -> Result<(), Offence> {
    check_version(template, lock_version, observed)?;
    check_fingerprint(template, observed)
}

pub(super) fn check_version(
    template: &Template,
    lock_version: Option<&str>,
    observed: &Observation,
) -> Result<(), Offence> {
    let expected = lock_version.unwrap_or(&template.model_version_constraint);
    if observed.model_version == expected {
        return Ok(());
    }
    let detail = format!("{expected:?} was asked for, {:?} answered", observed.model_version);
    Err(Offence::new(ErrorCode::ModelVersionMismatch, detail))
}

pub(super) fn check_fingerprint(template: &Template, observed: &Observation) -> Result<(), Offence> {
    let allowed = &template.model_fingerprint_allowlist;
    match &observed.model_fingerprint {
        _ if allowed.is_empty() => Ok(()),
        None => {
            let detail = format!("{} fingerprints are allowed, the answer carries none", allowed.len());
            Err(Offence::new(ErrorCode::FingerprintNotOffered, detail))
        }
        Some(fingerprint) if allowed.contains(fingerprint) => Ok(()),
        Some(fingerprint) => {
            let detail = format!("{fingerprint:?} is none of the {} allowed fingerprints", allowed.len());
            Err(Offence::new(ErrorCode::FingerprintNotAllowed, detail))
        }
    }
}
