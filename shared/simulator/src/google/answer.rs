//! What the simulated model answers.

mod budget;
mod search;

pub(super) use search::{Found, Mark};

use super::ask::Ask;
use crate::draw::Draw;
use crate::form::{CHATTER, MISMATCH};
use crate::scenario::{AnswerShape, Fault, SearchOutcome, Then};
use crate::vocabulary::{Knowledge, compose, locate};

/// Streams of draws, kept apart so that one choice changes no other.
const SEARCH: u64 = 1;
const WORDS: u64 = 2;
const TOKENS: u64 = 3;

/// Characters to a token, as a rule of thumb.
const CHARS_PER_TOKEN: usize = 4;

/// A prompt of so many tokens may come from a cache.
const CACHED_MIN_TOKENS: u64 = 1_024;

/// In so many of a thousand answers a long prompt does.
const CACHED_PER_MILLE: u64 = 300;

/// Why there is no answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The prompt was blocked.
    PromptBlocked,
    /// There is no candidate, and no reason for that.
    Candidate,
}

/// A use of a tool that nobody offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Function,
    Code,
}

/// The tokens of an answer, by what they were spent on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) prompt: u64,
    pub(super) cached: u64,
    pub(super) tool_use: u64,
    pub(super) thoughts: u64,
    pub(super) answer: u64,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) missing: Option<Missing>,
    pub(super) finish_reason: String,
    /// The texts of the answer's parts.
    pub(super) texts: Vec<String>,
    pub(super) marks: Vec<Mark>,
    pub(super) sign: Option<Sign>,
    pub(super) found: Found,
    /// What the model thought, where it is told.
    pub(super) thought: Option<String>,
    pub(super) tokens: Tokens,
}

impl Draft {
    /// What the model answers, as far as the scenario leaves it alone.
    pub(super) fn of(ask: &Ask<'_>, then: &Then, draw: &Draw) -> Self {
        let mut draft = Self {
            missing: None,
            finish_reason: "STOP".to_owned(),
            texts: Vec::new(),
            marks: Vec::new(),
            sign: None,
            found: Found::default(),
            thought: None,
            tokens: Tokens { prompt: (ask.input_chars / CHARS_PER_TOKEN) as u64 + 3, ..Tokens::default() },
        };
        let mut tokens = draw.fork(TOKENS);
        draft.cache(&mut tokens);
        if let Some((missing, reason)) = withheld(then) {
            draft.missing = missing;
            draft.finish_reason = then.finish_reason.clone().unwrap_or_else(|| reason.to_owned());
            return draft;
        }
        draft.think(ask, then, &mut tokens);
        draft.say(ask, then, draw, &mut tokens);
        draft.keep_to_budget(ask, then);
        if let Some(reason) = &then.finish_reason {
            draft.finish_reason.clone_from(reason);
        }
        draft
    }

    fn cache(&mut self, tokens: &mut Draw) {
        let cached = tokens.chance(CACHED_PER_MILLE);
        if cached && self.tokens.prompt >= CACHED_MIN_TOKENS {
            self.tokens.cached = self.tokens.prompt / CACHED_MIN_TOKENS * CACHED_MIN_TOKENS;
        }
    }

    fn think(&mut self, ask: &Ask<'_>, then: &Then, tokens: &mut Draw) {
        let thoughts = 64 * tokens.between(1, 6);
        if ask.config.thinks || then.answer == Some(AnswerShape::ReasoningOnly) {
            self.tokens.thoughts = thoughts;
        }
        if ask.config.thinks && ask.config.tells_thoughts {
            self.thought = Some("**Reading the question**\n\nThe user wants one short answer.".to_owned());
        }
    }

    fn say(&mut self, ask: &Ask<'_>, then: &Then, draw: &Draw, tokens: &mut Draw) {
        let country = locate(None, &ask.before);
        let outcome = search::outcome(ask, then, &mut draw.fork(SEARCH));
        self.found = Found::of(ask, outcome, country, draw);
        if ask.family.counts_tool_tokens && self.found.queries().next().is_some() {
            self.tokens.tool_use = tokens.between(60, 180);
        }
        match then.answer {
            Some(AnswerShape::ReasoningOnly) => return,
            Some(AnswerShape::Empty) => return self.texts.push(String::new()),
            Some(AnswerShape::SchemaMismatch) => return self.texts.push(MISMATCH.to_owned()),
            Some(AnswerShape::ToolFunction) => self.sign = Some(Sign::Function),
            Some(AnswerShape::ToolCode) => self.sign = Some(Sign::Code),
            _ => {}
        }
        if let Some(text) = &then.text {
            return self.texts.push(text.clone());
        }
        let searched = !matches!(
            outcome,
            None | Some(SearchOutcome::Unused | SearchOutcome::Empty | SearchOutcome::Failed)
        );
        let knowledge = Knowledge { question: &ask.question, country, searched };
        let mut draw = draw.fork(WORDS);
        let mut text = match ask.config.form.json(&knowledge, &mut draw) {
            None => {
                let (text, marks) = search::prose(compose(&knowledge, &mut draw), self.found.sources());
                self.marks = marks;
                text
            }
            Some(text) => {
                self.marks = search::over_all(&text, self.found.sources());
                text
            }
        };
        if then.answer == Some(AnswerShape::InvalidJson) {
            text.insert_str(0, CHATTER);
            self.marks.clear();
        }
        if then.answer == Some(AnswerShape::DuplicatedJson) {
            self.texts.push(text.clone());
        }
        self.texts.push(text);
    }
}

/// Why the model says nothing, where the scenario has it so: what is missing, or else why the candidate ended.
fn withheld(then: &Then) -> Option<(Option<Missing>, &'static str)> {
    if matches!(then.fault, Some(Fault::Failed { .. })) {
        return Some((None, "OTHER"));
    }
    match then.answer? {
        AnswerShape::PromptBlocked => Some((Some(Missing::PromptBlocked), "")),
        AnswerShape::Queued => Some((Some(Missing::Candidate), "")),
        AnswerShape::Refusal => Some((None, "SAFETY")),
        AnswerShape::ContentFilter => Some((None, "PROHIBITED_CONTENT")),
        AnswerShape::Incomplete
        | AnswerShape::ReasoningOnly
        | AnswerShape::Empty
        | AnswerShape::InvalidJson
        | AnswerShape::SchemaMismatch
        | AnswerShape::DuplicatedJson
        | AnswerShape::ToolSearch
        | AnswerShape::ToolFunction
        | AnswerShape::ToolCode => None,
    }
}
