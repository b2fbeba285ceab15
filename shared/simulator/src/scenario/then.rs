//! What a rule does to a call.

use serde::{Deserialize, Serialize};

use super::Latency;

/// Bytes that a huge body may have.
const HUGE_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that the name of a constant may have.
const CONSTANT_MAX_BYTES: usize = 64;

/// What happens; each aspect on its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Then {
    /// How long it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency: Option<Latency>,
    /// What comes instead of an answer, or happens to its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<Fault>,
    /// What kind of answer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<AnswerShape>,
    /// What comes of the search, where one is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) search: Option<SearchOutcome>,
    /// The version that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model_version: Option<String>,
    /// A `system_fingerprint` in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<String>,
    /// The tier that serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service_tier: Option<String>,
    /// The `finishReason` of an answer of the Gemini interfaces, whatever else it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finish_reason: Option<String>,
    /// What it says, whatever is asked: a change that nothing but the words shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// The `top_p` that OpenAI's interface fills in and echoes where none is asked for: a changed default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) top_p: Option<String>,
}

/// Faults.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// 429 for a rate.
    RateLimit {
        /// The `Retry-After` header, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u64>,
        /// The `retry-after-ms` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
        /// Which rate.
        #[serde(default)]
        limit: RateKind,
    },
    /// 429 for the account.
    Quota {
        /// The billing code; `credit_balance_exhausted` where left out.
        #[serde(default = "credit_balance_exhausted")]
        code: String,
    },
    /// Another error status, with the vendor's body.
    Error {
        /// From 400 to 599.
        status: u16,
        /// The `Retry-After` header, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u64>,
    },
    /// A 200 whose answer failed.
    Failed {
        /// The error's code, such as `server_error`.
        code: String,
    },
    /// The connection ends before the body does.
    Cut(Cut),
    /// A body larger than anyone reads.
    Huge {
        /// Its size.
        bytes: usize,
    },
    /// A body that is not UTF-8.
    InvalidUtf8,
    /// A page instead of JSON, with status 200.
    Page,
    /// No answer at all, as long as the client waits.
    Hang,
}

/// Where a body is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cut {
    /// Bytes of the body that are sent.
    pub(crate) after_bytes: usize,
}

/// Rates that a 429 can be for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RateKind {
    /// Requests per minute.
    #[default]
    Requests,
    /// Tokens per minute, with a hint in the message.
    Tokens,
    /// Requests per day: waiting for minutes helps nothing.
    PerDay,
    /// The load rises too fast.
    SlowDown,
    /// The request alone is larger than the limit: no waiting helps.
    TooLarge,
}

/// Kinds of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerShape {
    /// The model declines.
    Refusal,
    /// It stops at the token budget.
    Incomplete,
    /// A filter stops it.
    ContentFilter,
    /// It only reasons, until the budget is spent.
    ReasoningOnly,
    /// A message without text.
    Empty,
    /// Text where JSON was asked for.
    InvalidJson,
    /// JSON that misses the schema.
    SchemaMismatch,
    /// The same JSON message twice.
    DuplicatedJson,
    /// A background answer that has not ended; on the Gemini interfaces, one without a candidate.
    Queued,
    /// The prompt itself is blocked; where the vendor has no such thing, the model declines.
    PromptBlocked,
    /// The model searched, offered or not, beside what it says.
    ToolSearch,
    /// It calls a function, offered or not, beside what it says.
    ToolFunction,
    /// It runs code, offered or not, beside what it says.
    ToolCode,
}

/// What comes of an offered search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SearchOutcome {
    /// It is used and cited.
    Used,
    /// The model does not search.
    Unused,
    /// It searches and finds nothing.
    Empty,
    /// It searches, finds, and cites nothing.
    Uncited,
    /// The search fails.
    Failed,
    /// It does not search and cites pages all the same.
    CitedOnly,
    /// It is used and brings a page of the vendor's own, such as the weather; where the vendor has none, as `used`.
    Widget,
}

fn credit_balance_exhausted() -> String {
    "credit_balance_exhausted".to_owned()
}

fn is_constant(name: &str) -> bool {
    (1..=CONSTANT_MAX_BYTES).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_fraction(top_p: &str) -> bool {
    top_p.strip_prefix("0.").is_some_and(|digits| {
        (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    }) || top_p == "1.0"
}

impl Then {
    /// Takes from `other` every aspect that is not set here yet.
    pub(crate) fn or(&mut self, other: &Self) {
        fn fill<T: Clone>(mine: &mut Option<T>, other: Option<&T>) {
            if mine.is_none() {
                *mine = other.cloned();
            }
        }
        fill(&mut self.latency, other.latency.as_ref());
        fill(&mut self.fault, other.fault.as_ref());
        fill(&mut self.answer, other.answer.as_ref());
        fill(&mut self.search, other.search.as_ref());
        fill(&mut self.model_version, other.model_version.as_ref());
        fill(&mut self.fingerprint, other.fingerprint.as_ref());
        fill(&mut self.service_tier, other.service_tier.as_ref());
        fill(&mut self.finish_reason, other.finish_reason.as_ref());
        fill(&mut self.text, other.text.as_ref());
        fill(&mut self.top_p, other.top_p.as_ref());
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if *self == Self::default() {
            return Err("`then` sets nothing".to_owned());
        }
        if let Some(latency) = self.latency {
            latency.check()?;
        }
        match &self.fault {
            Some(Fault::Error { status, .. }) if !(400..=599).contains(status) => {
                Err(format!("`status` is {status}, and must be from 400 to 599"))
            }
            _ if self.finish_reason.as_deref().is_some_and(|reason| !is_constant(reason)) => Err(format!(
                "`finish_reason` must be from 1 to {CONSTANT_MAX_BYTES} capitals, digits and `_`"
            )),
            _ if self.top_p.as_deref().is_some_and(|top_p| !is_fraction(top_p)) => {
                Err("`top_p` must be a decimal from 0 to 1 in quotes, such as \"0.9\"".to_owned())
            }
            Some(Fault::Huge { bytes }) if *bytes > HUGE_MAX_BYTES => {
                Err(format!("`bytes` is {bytes}, and {HUGE_MAX_BYTES} is the limit"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_to_set_an_aspect_counts() {
        let mut then = Then { answer: Some(AnswerShape::Empty), ..Then::default() };
        then.or(&Then {
            answer: Some(AnswerShape::Refusal),
            model_version: Some("m".into()),
            ..Then::default()
        });
        assert_eq!(then.answer, Some(AnswerShape::Empty));
        assert_eq!(then.model_version.as_deref(), Some("m"));
    }
}
