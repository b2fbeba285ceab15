//! The answers of one cell, held together against its standard.

use super::Standard;
use super::identity::{Offence, check_fingerprint, check_version, drift};
use crate::answer::{Answer, Finish};
use crate::code::ErrorCode;
use crate::drift::{DriftKind, DriftPolicy};
use crate::evidence::{self, Grounding};
use crate::lock::Observation;
use crate::mode::GroundingMode;
use crate::run::RunStatus;

/// What is judged together.
pub(super) struct Case<'a> {
    standard: &'a Standard<'a>,
    answer: &'a Answer,
    /// The reshaping step's.
    reshaped: Option<&'a Answer>,
    pub(super) drift_kind: Option<DriftKind>,
    pub(super) grounding: Grounding,
}

impl<'a> Case<'a> {
    pub(super) fn new(standard: &'a Standard<'a>, answer: &'a Answer, reshaped: Option<&'a Answer>) -> Self {
        let grounding = evidence::judge(standard.mode, &answer.search);
        let mut case = Self { standard, answer, reshaped, drift_kind: None, grounding };
        case.drift_kind = case.gravest_drift();
        case
    }

    /// The terminal status, and why it is no success; `output` is the check of the output, which is the last to count.
    pub(super) fn outcome(&self, output: Result<(), Offence>) -> (RunStatus, Option<Offence>) {
        match (self.drift_kind, self.standard.drift_policy) {
            (
                Some(kind @ (DriftKind::VersionChanged | DriftKind::FingerprintChanged)),
                policy @ (DriftPolicy::Hard | DriftPolicy::Fail),
            ) => {
                let status =
                    if policy == DriftPolicy::Hard { RunStatus::Quarantined } else { RunStatus::Failed };
                (status, Some(self.drifted(kind)))
            }
            // Changed echoes warn, whatever the policy: they are our own reading of settings, not the model's identity.
            (Some(_) | None, _) => match self.check().and(output) {
                Ok(()) => (RunStatus::Succeeded, None),
                Err(offence) => (RunStatus::Failed, Some(offence)),
            },
        }
    }

    /// The answer that tells who answered: the one that is not of the model that is asked for, where one is not, else the first.
    pub(super) fn telling(&self) -> &'a Answer {
        let of_kind =
            |answer: &&Answer| self.drift_kind.is_some() && self.drift_of(answer) == self.drift_kind;
        let is_other = |answer: &&Answer| self.check_identity(answer).is_err();
        self.answers().find(of_kind).or_else(|| self.answers().find(is_other)).unwrap_or(self.answer)
    }

    /// Whether the reshaping step shows a tool; `None` without its answer.
    pub(super) fn shows_tools(&self) -> Option<bool> {
        let search = &self.reshaped?.search;
        Some(
            search.performed
                || search.failed
                || search.tool_traces
                || search.has_sources
                || !search.queries.is_empty()
                || !search.citations.is_empty(),
        )
    }

    fn answers(&self) -> impl Iterator<Item = &'a Answer> + use<'a> {
        [Some(self.answer), self.reshaped].into_iter().flatten()
    }

    fn check(&self) -> Result<(), Offence> {
        for answer in self.answers() {
            self.check_identity(answer)?;
            check_finish(answer)?;
        }
        if self.shows_tools() == Some(true) {
            let detail = "the reshaping step shows a search, a citation or another tool";
            return Err(Offence::new(ErrorCode::Step2ToolsInvoked, detail));
        }
        match (self.standard.mode, self.grounding.why_not_grounded) {
            (GroundingMode::Required, Some(why)) => {
                Err(Offence::new(ErrorCode::GroundingMissing, format!("the mode is REQUIRED: {why}")))
            }
            (GroundingMode::Required, None) | (GroundingMode::Preferred | GroundingMode::Ungrounded, _) => {
                Ok(())
            }
        }
    }

    /// The gravest drift of any answer: another version before another fingerprint, and both before changed echoes.
    fn gravest_drift(&self) -> Option<DriftKind> {
        let gravity = |kind: &DriftKind| match kind {
            DriftKind::VersionChanged => 0_u8,
            DriftKind::FingerprintChanged => 1,
            DriftKind::EchoChanged => 2,
        };
        self.answers().filter_map(|answer| self.drift_of(answer)).min_by_key(gravity)
    }

    fn drift_of(&self, answer: &Answer) -> Option<DriftKind> {
        let (lock, observed) = (self.standard.lock?, answer.observed.as_ref()?);
        drift(&lock.observed, observed).or_else(|| {
            let changed = self.standard.lock_echo.differ_from(answer.echo.as_ref()?);
            changed.then_some(DriftKind::EchoChanged)
        })
    }

    fn drifted(&self, kind: DriftKind) -> Offence {
        let side = |side: Option<&Observation>| {
            side.map_or_else(String::new, |seen| match (kind, &seen.model_fingerprint) {
                (DriftKind::FingerprintChanged, Some(fingerprint)) => format!("{fingerprint:?}"),
                (DriftKind::VersionChanged | DriftKind::FingerprintChanged | DriftKind::EchoChanged, _) => {
                    format!("{:?}", seen.model_version)
                }
            })
        };
        let locked = side(self.standard.lock.map(|lock| &lock.observed));
        let answered = side(self.telling().observed.as_ref());
        Offence::new(ErrorCode::Drifted, format!("{kind}: locked {locked}, answered {answered}"))
    }

    /// Drift goes before equality: a drifted version that the policy `warn` keeps is not held to the pin again.
    fn check_identity(&self, answer: &Answer) -> Result<(), Offence> {
        let Some(observed) = &answer.observed else {
            return Err(Offence::new(ErrorCode::ModelVersionMismatch, "the answer names no model"));
        };
        match self.drift_kind {
            Some(DriftKind::VersionChanged) => {}
            Some(DriftKind::FingerprintChanged | DriftKind::EchoChanged) | None => {
                check_version(self.standard.template, self.standard.lock_version, observed)?;
            }
        }
        check_fingerprint(self.standard.template, observed)
    }
}

fn check_finish(answer: &Answer) -> Result<(), Offence> {
    match &answer.finish {
        Finish::Refused { reason } => Err(Offence::new(ErrorCode::ProviderRefused, reason)),
        Finish::Incomplete { reason } => Err(Offence::new(ErrorCode::OutputIncomplete, reason)),
        Finish::Empty => Err(Offence::new(ErrorCode::OutputEmpty, "the model answered without text")),
        Finish::Complete if answer.text.is_empty() => {
            Err(Offence::new(ErrorCode::OutputEmpty, "the model ended its answer without text"))
        }
        Finish::Complete => Ok(()),
    }
}
