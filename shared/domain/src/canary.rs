//! Canary prompts: what a look at them brought, and how two looks differ (providers.md, "Version, fingerprint, drift").

use stet_canon::{Digest, Json, Members};

use crate::answer::{Answer, Finish};
use crate::code::ErrorCode;
use crate::lock::Observation;
use crate::verdict::hash_output;

/// What one prompt brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanaryAnswer {
    /// The digest of the output as text (canonical.md §3).
    Output(Digest),
    /// Why there is none.
    Failed(ErrorCode),
}

/// One prompt of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanaryOutcome {
    /// The digest of the request as sent: only answers to the same request are compared. `None` where nothing was exchanged.
    pub request_sha256: Option<Digest>,
    /// What came back.
    pub answer: CanaryAnswer,
}

/// What all prompts of a template brought at one look, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryOutcomes(pub Vec<CanaryOutcome>);

/// Bytes that are no outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no canary outcomes")]
pub struct NoOutcomes;

/// How a look differs from an earlier one: evidence of its own kind, never a verdict by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanaryShare {
    /// Prompts whose output is another.
    pub changed: u32,
    /// Prompts that were answered at both looks.
    pub total: u32,
}

impl CanaryAnswer {
    /// What an answer to a canary prompt is worth beside the `probe` that was made at the same look.
    ///
    /// An answer that the budget cut short has an output like any other: at the same budget it is cut at the same place. One of another model is none
    /// of the model that is looked at.
    #[must_use]
    pub fn of(answer: &Answer, probe: &Observation) -> Self {
        if answer.observed.as_ref() != Some(probe) {
            return Self::Failed(ErrorCode::ModelVersionMismatch);
        }
        match &answer.finish {
            Finish::Refused { .. } => Self::Failed(ErrorCode::ProviderRefused),
            Finish::Incomplete { .. } if answer.text.is_empty() => Self::Failed(ErrorCode::OutputIncomplete),
            Finish::Complete | Finish::Empty if answer.text.is_empty() => {
                Self::Failed(ErrorCode::OutputEmpty)
            }
            Finish::Complete | Finish::Incomplete { .. } | Finish::Empty => {
                Self::Output(hash_output(&answer.text, false).0)
            }
        }
    }

    const fn output(self) -> Option<Digest> {
        match self {
            Self::Output(digest) => Some(digest),
            Self::Failed(_) => None,
        }
    }
}

impl CanaryOutcome {
    /// Whether the output differs from that of an earlier look; `None` where one of the two has none, or the request was another.
    #[must_use]
    pub fn changed_since(&self, earlier: &Self) -> Option<bool> {
        let (before, now) = earlier.answer.output().zip(self.answer.output())?;
        (earlier.request_sha256 == self.request_sha256).then_some(before != now)
    }

    /// A prompt about which nothing was exchanged that could be kept.
    #[must_use]
    pub const fn unasked(code: ErrorCode) -> Self {
        Self { request_sha256: None, answer: CanaryAnswer::Failed(code) }
    }

    fn to_json(self) -> Json {
        let (output, failed) = match self.answer {
            CanaryAnswer::Output(digest) => (Some(digest), None),
            CanaryAnswer::Failed(code) => (None, Some(code.as_str())),
        };
        let members: Members = [
            ("request_sha256", Json::from(self.request_sha256)),
            ("output_sha256", output.into()),
            ("error_code", failed.into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }

    fn read(json: &Json) -> Option<Self> {
        let digest = |name: &str| json.get(name)?.as_str()?.parse::<Digest>().ok();
        let code = json.get("error_code")?.as_str().and_then(ErrorCode::named);
        let answer = match (digest("output_sha256"), code) {
            (Some(output), None) => CanaryAnswer::Output(output),
            (None, Some(code)) => CanaryAnswer::Failed(code),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some(Self { request_sha256: digest("request_sha256"), answer })
    }
}

impl CanaryOutcomes {
    /// The canonical JSON that is stored and sealed.
    #[must_use]
    pub fn to_canonical_bytes(&self) -> Vec<u8> {
        self.0.iter().map(|outcome| outcome.to_json()).collect::<Json>().to_canonical_bytes()
    }

    /// Reads what [`Self::to_canonical_bytes`] wrote.
    ///
    /// # Errors
    /// [`NoOutcomes`]: not even another spelling of the same is taken.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoOutcomes> {
        let json = Json::parse(bytes).map_err(|_refusal| NoOutcomes)?;
        let read: Option<Vec<_>> =
            json.as_array().ok_or(NoOutcomes)?.iter().map(CanaryOutcome::read).collect();
        let outcomes = Self(read.ok_or(NoOutcomes)?);
        if outcomes.to_canonical_bytes() == bytes { Ok(outcomes) } else { Err(NoOutcomes) }
    }

    /// The digest by which a lock epoch holds to them.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        Digest::of(&self.to_canonical_bytes())
    }

    /// The share of outputs that changed since an earlier look.
    #[must_use]
    pub fn share_since(&self, earlier: &Self) -> CanaryShare {
        let mut share = CanaryShare { changed: 0, total: 0 };
        for (now, before) in self.0.iter().zip(&earlier.0) {
            if let Some(changed) = now.changed_since(before) {
                share.total += 1;
                share.changed += u32::from(changed);
            }
        }
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::SearchEvidence;
    use crate::usage::TokenUsage;

    fn outcome(request: &str, answer: CanaryAnswer) -> CanaryOutcome {
        CanaryOutcome { request_sha256: Some(Digest::of(request.as_bytes())), answer }
    }

    fn output(text: &str) -> CanaryAnswer {
        CanaryAnswer::Output(Digest::of(text.as_bytes()))
    }

    fn seen(version: &str) -> Observation {
        Observation { model_version: version.to_owned(), model_fingerprint: None }
    }

    fn answer(version: &str, finish: Finish, text: &str) -> Answer {
        Answer {
            finish,
            text: text.to_owned(),
            last_message_text: None,
            observed: Some(seen(version)),
            model_version_raw: None,
            service_tier: None,
            echo: None,
            search: SearchEvidence::default(),
            usage: TokenUsage::default(),
            response_id: None,
        }
    }

    #[test]
    fn outcomes_read_back_to_the_byte_and_nothing_else_does() {
        let failed = CanaryAnswer::Failed(ErrorCode::ProviderTimeout);
        let unasked = CanaryOutcome::unasked(ErrorCode::ProviderTimeout);
        let outcomes = CanaryOutcomes(vec![outcome("a", output("x")), outcome("b", failed), unasked]);
        let bytes = outcomes.to_canonical_bytes();
        assert_eq!(CanaryOutcomes::parse(&bytes), Ok(outcomes));
        for other in ["", "{}", "[{}]", "[ ]", r#"[{"error_code":null,"output_sha256":null}]"#] {
            assert_eq!(CanaryOutcomes::parse(other.as_bytes()), Err(NoOutcomes), "{other}");
        }
        assert_eq!(CanaryOutcomes::parse(b"[]"), Ok(CanaryOutcomes(Vec::new())));
    }

    #[test]
    fn only_answers_to_the_same_request_are_compared() {
        let failed = CanaryAnswer::Failed(ErrorCode::OutputEmpty);
        let before = CanaryOutcomes(vec![
            outcome("a", output("x")),
            outcome("b", output("x")),
            outcome("c", output("x")),
            outcome("d", failed),
        ]);
        let now = CanaryOutcomes(vec![
            outcome("a", output("x")),
            outcome("b", output("y")),
            outcome("another", output("y")),
            outcome("d", output("y")),
        ]);
        assert_eq!(now.share_since(&before), CanaryShare { changed: 1, total: 2 });
        assert_eq!(before.share_since(&before), CanaryShare { changed: 0, total: 3 });
    }

    #[test]
    fn an_answer_is_hashed_as_text_where_the_locked_model_gave_one() {
        let of = |answer: &Answer| CanaryAnswer::of(answer, &seen("m-1"));
        let cut = || Finish::Incomplete { reason: "max_output_tokens".into() };
        let hashed = CanaryAnswer::Output(Digest::of(b"one\ntwo"));
        assert_eq!(of(&answer("m-1", Finish::Complete, "one \r\ntwo\n")), hashed);
        assert_eq!(of(&answer("m-1", cut(), "one\ntwo")), hashed);
        for (answer, code) in [
            (answer("m-2", Finish::Complete, "one"), ErrorCode::ModelVersionMismatch),
            (answer("m-1", cut(), ""), ErrorCode::OutputIncomplete),
            (answer("m-1", Finish::Empty, ""), ErrorCode::OutputEmpty),
            (answer("m-1", Finish::Refused { reason: "no".into() }, "no"), ErrorCode::ProviderRefused),
        ] {
            assert_eq!(of(&answer), CanaryAnswer::Failed(code));
        }
    }
}
