//! The order of judgement: drift, pin, fingerprint, finish, reshaping step, evidence, output; the first offence is the run's.

use super::identity::{Offence, check_fingerprint, check_version, drift};
use super::{Standard, Verdict, output};
use crate::Digest;
use crate::answer::{Answer, Finish};
use crate::code::ErrorCode;
use crate::drift::{DriftKind, DriftPolicy};
use crate::evidence::{self, Grounding};
use crate::mode::GroundingMode;
use crate::run::RunStatus;

/// Judges a cell's answer; `step2` is the reshaping step's, whose output counts while the evidence stays that of `answer`.
#[must_use]
pub fn judge(standard: &Standard<'_>, answer: &Answer, step2: Option<&Answer>) -> Verdict {
    let grounding = evidence::judge(standard.mode, &answer.search);
    let last = step2.unwrap_or(answer);
    let (output, output_check) = output::judge(standard.template, standard.schema, last);
    let drift_kind = drift_of(standard, answer).or_else(|| step2.and_then(|step| drift_of(standard, step)));
    let (status, offence) = match (drift_kind, standard.drift_policy) {
        (Some(kind @ (DriftKind::VersionChanged | DriftKind::FingerprintChanged)), policy) => match policy {
            DriftPolicy::Hard => (RunStatus::Quarantined, Some(drifted(standard, kind, answer, step2))),
            DriftPolicy::Fail => (RunStatus::Failed, Some(drifted(standard, kind, answer, step2))),
            DriftPolicy::Warn => ended(check(standard, answer, step2, grounding, output_check, Some(kind))),
        },
        // Changed echoes warn, whatever the policy: they are our own reading of settings, not the model's identity.
        (kind @ (Some(DriftKind::EchoChanged) | None), _) => {
            ended(check(standard, answer, step2, grounding, output_check, kind))
        }
    };
    Verdict {
        status,
        error_code: offence.as_ref().map(|offence| offence.code),
        error_detail: offence.map(|offence| offence.detail),
        drift_kind,
        observed: answer.observed.clone(),
        grounding,
        output,
        step2_tools_invoked: step2.map(shows_tools),
        step2_source_ref: step2.map(|_| Digest::of(answer.text.as_bytes()).to_string()),
    }
}

fn ended(checked: Result<(), Offence>) -> (RunStatus, Option<Offence>) {
    match checked {
        Ok(()) => (RunStatus::Succeeded, None),
        Err(offence) => (RunStatus::Failed, Some(offence)),
    }
}

fn check(
    standard: &Standard<'_>,
    answer: &Answer,
    step2: Option<&Answer>,
    grounding: Grounding,
    output_check: Result<(), Offence>,
    kept_drift: Option<DriftKind>,
) -> Result<(), Offence> {
    for judged in [Some(answer), step2].into_iter().flatten() {
        check_identity(standard, judged, kept_drift)?;
        check_finish(judged)?;
    }
    if step2.is_some_and(shows_tools) {
        return Err(Offence::new(
            ErrorCode::Step2ToolsInvoked,
            "the reshaping step shows a search, a citation or another tool",
        ));
    }
    match (standard.mode, grounding.why_not_grounded) {
        (GroundingMode::Required, Some(why)) => {
            return Err(Offence::new(ErrorCode::GroundingMissing, format!("the mode is REQUIRED: {why}")));
        }
        (GroundingMode::Required, None) | (GroundingMode::Preferred | GroundingMode::Ungrounded, _) => {}
    }
    output_check
}

fn drift_of(standard: &Standard<'_>, answer: &Answer) -> Option<DriftKind> {
    let (lock, observed) = (standard.lock?, answer.observed.as_ref()?);
    drift(&lock.observed, observed).or_else(|| {
        let (locked, echo) = (standard.lock_echo_sha256?, answer.echo.as_ref()?);
        (Digest::of(echo) != locked).then_some(DriftKind::EchoChanged)
    })
}

fn drifted(standard: &Standard<'_>, kind: DriftKind, answer: &Answer, step2: Option<&Answer>) -> Offence {
    let locked = standard.lock.map(|lock| &lock.observed);
    let differs = |answer: &&Answer| drift_of(standard, answer) == Some(kind);
    let observed =
        [Some(answer), step2].into_iter().flatten().find(differs).and_then(|answer| answer.observed.as_ref());
    let side = |side: Option<&crate::lock::Observation>| {
        side.map_or_else(String::new, |seen| match (kind, &seen.model_fingerprint) {
            (DriftKind::FingerprintChanged, Some(fingerprint)) => format!("{fingerprint:?}"),
            (DriftKind::VersionChanged | DriftKind::FingerprintChanged | DriftKind::EchoChanged, _) => {
                format!("{:?}", seen.model_version)
            }
        })
    };
    Offence::new(ErrorCode::Drifted, format!("{kind}: locked {}, answered {}", side(locked), side(observed)))
}

/// Drift goes before equality: a drifted version that the policy `warn` keeps is not held to the pin again.
fn check_identity(
    standard: &Standard<'_>,
    answer: &Answer,
    kept_drift: Option<DriftKind>,
) -> Result<(), Offence> {
    let Some(observed) = &answer.observed else {
        return Err(Offence::new(ErrorCode::ModelVersionMismatch, "the answer names no model"));
    };
    match kept_drift {
        Some(DriftKind::VersionChanged) => {}
        Some(DriftKind::FingerprintChanged | DriftKind::EchoChanged) | None => {
            check_version(standard.template, standard.lock_version, observed)?;
        }
    }
    check_fingerprint(standard.template, observed)
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

fn shows_tools(step2: &Answer) -> bool {
    let search = &step2.search;
    search.performed
        || search.failed
        || search.tool_traces
        || search.has_sources
        || !search.queries.is_empty()
        || !search.citations.is_empty()
}
