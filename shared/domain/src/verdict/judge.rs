//! The order of judgement: drift, pin, fingerprint, finish, reshaping step, evidence, output; the first offence is the run's.

use super::case::Case;
use super::{Standard, Step2, Verdict, output};
use crate::Digest;
use crate::answer::Answer;
use crate::run::RunStatus;

/// Judges a cell's answer; `step2` is what the reshaping step came to, whose output counts while the evidence stays that of `answer`.
#[must_use]
pub fn judge(standard: &Standard<'_>, answer: &Answer, step2: Option<Step2<'_>>) -> Verdict {
    let (output, output_check) = match step2 {
        None => output::judge(standard.template, standard.schema, answer),
        Some(Step2::Answered(reshaped)) => output::judge(standard.template, standard.schema, reshaped),
        // The text of step 1 is kept as such: it is no output.
        Some(Step2::Unanswered(offence)) => (None, Err(offence.clone())),
    };
    let case = Case::new(standard, answer, step2.and_then(Step2::answer));
    let (status, offence) = case.outcome(output_check);
    Verdict {
        status,
        error_code: offence.as_ref().map(|offence| offence.code),
        error_detail: offence.map(|offence| offence.detail),
        drift_kind: case.drift_kind,
        observed: case.telling().observed.clone(),
        grounding: case.grounding,
        output,
        step2_tools_invoked: case.shows_tools(),
        step2_source_ref: step2.map(|_| Digest::of(answer.text.as_bytes()).to_string()),
    }
}

/// Whether an answer is worth a reshaping step: all that is asked of it alone holds. One that is not ends its run as it is.
#[must_use]
pub fn is_worth_reshaping(standard: &Standard<'_>, answer: &Answer) -> bool {
    let (status, _) = Case::new(standard, answer, None).outcome(Ok(()));
    status == RunStatus::Succeeded
}
