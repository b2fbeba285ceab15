//! What the simulated model answers.

use super::ask::Ask;
use crate::draw::Draw;
use crate::form::{CHATTER, MISMATCH};
use crate::scenario::{AnswerShape, SearchOutcome, Then};
use crate::search::{self, Source};
use crate::vocabulary::{Knowledge, compose, locate};

/// Streams of draws, kept apart so that one choice changes no other.
const SEARCH: u64 = 1;
const WORDS: u64 = 2;
const TOKENS: u64 = 3;

/// Characters to a token, as a rule of thumb.
const CHARS_PER_TOKEN: usize = 4;

const REFUSAL: &str = "I'm very sorry, but I can't assist with that.";

/// A citation of a stretch of the text, in code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) source: Source,
}

/// One thing that the model put out; calls of functions and code come offered or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Reasoning,
    Search { status: &'static str, query: String, sources: Vec<Source> },
    OpenPage { url: String },
    Text { status: &'static str, text: String, marks: Vec<Mark> },
    Refusal { words: &'static str },
    FunctionCall { query: String },
    CodeCall,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) status: &'static str,
    pub(super) incomplete_reason: Option<&'static str>,
    /// The code and the message of a failed answer.
    pub(super) error: Option<(String, &'static str)>,
    pub(super) items: Vec<Item>,
    pub(super) searches: u64,
    pub(super) input_tokens: u64,
    pub(super) reasoning_tokens: u64,
    pub(super) output_tokens: u64,
    /// Whether tokens are told at all.
    pub(super) counted: bool,
}

impl Draft {
    fn empty(status: &'static str) -> Self {
        Self {
            status,
            incomplete_reason: None,
            error: None,
            items: Vec::new(),
            searches: 0,
            input_tokens: 0,
            reasoning_tokens: 0,
            output_tokens: 0,
            counted: false,
        }
    }

    /// An answer that failed after the request was accepted.
    pub(super) fn failed(code: &str) -> Self {
        let message = "An error occurred while processing your request. You can retry your request.";
        Self { error: Some((code.to_owned(), message)), ..Self::empty("failed") }
    }

    /// What the model answers, as far as the scenario leaves it alone.
    pub(super) fn of(ask: &Ask<'_>, then: &Then, draw: &Draw) -> Self {
        if then.answer == Some(AnswerShape::Queued) {
            return Self::empty("queued");
        }
        let mut draft = Self { counted: true, ..Self::empty("completed") };
        let mut tokens = draw.fork(TOKENS);
        draft.input_tokens = (ask.input_chars / CHARS_PER_TOKEN) as u64 + 11;
        if ask.reasons() || then.answer == Some(AnswerShape::ReasoningOnly) {
            draft.items.push(Item::Reasoning);
            draft.reasoning_tokens = 64 * tokens.between(1, 6);
        }
        let found = draft.search(ask, then, draw, &mut tokens);
        draft.items.extend(then.answer.and_then(|shape| sign(shape, ask)));
        draft.say(ask, then, found, draw);
        draft.keep_to_budget(ask, then);
        draft
    }

    /// Searches, where a search is offered; what was found can be cited.
    fn search(&mut self, ask: &Ask<'_>, then: &Then, draw: &Draw, tokens: &mut Draw) -> Option<Vec<Source>> {
        let tool = ask.search.as_ref()?;
        let outcome = search::outcome(tool.required, then.search, &mut draw.fork(SEARCH));
        let query = search::query(&ask.question, tool.country);
        let sources = match outcome {
            SearchOutcome::Unused => return None,
            SearchOutcome::CitedOnly => return Some(search::sources(tool.country, &tool.allowed_domains())),
            SearchOutcome::Used | SearchOutcome::Widget | SearchOutcome::Uncited => {
                search::sources(tool.country, &tool.allowed_domains())
            }
            SearchOutcome::Empty | SearchOutcome::Failed => Vec::new(),
        };
        self.searches = 1;
        let status = if outcome == SearchOutcome::Failed { "failed" } else { "completed" };
        self.items.push(Item::Search { status, query, sources: sources.clone() });
        if !sources.is_empty() {
            self.input_tokens += tokens.between(7_900, 9_900);
            if tokens.chance(300) {
                self.items.push(Item::OpenPage { url: sources[0].url.clone() });
            }
        }
        let cites = matches!(outcome, SearchOutcome::Used | SearchOutcome::Widget);
        Some(if cites { sources } else { Vec::new() })
    }

    fn say(&mut self, ask: &Ask<'_>, then: &Then, found: Option<Vec<Source>>, draw: &Draw) {
        match then.answer {
            Some(AnswerShape::ReasoningOnly) => return,
            Some(AnswerShape::Refusal | AnswerShape::PromptBlocked) => {
                return self.items.push(Item::Refusal { words: REFUSAL });
            }
            Some(AnswerShape::Empty) => return self.text(String::new(), Vec::new()),
            Some(AnswerShape::SchemaMismatch) => {
                return self.text(MISMATCH.to_owned(), Vec::new());
            }
            _ => {}
        }
        if let Some(text) = &then.text {
            return self.text(text.clone(), Vec::new());
        }
        let sources = found.unwrap_or_default();
        let country = ask.search.and_then(|tool| tool.country);
        let knowledge = Knowledge {
            question: &ask.question,
            country: locate(country, &ask.before),
            searched: !sources.is_empty(),
        };
        let mut draw = draw.fork(WORDS);
        let (mut text, marks) = match ask.form.json(&knowledge, &mut draw) {
            None => prose(&knowledge, &sources, &mut draw),
            Some(text) => {
                let marks = over_all(&text, &sources);
                (text, marks)
            }
        };
        if then.answer == Some(AnswerShape::InvalidJson) {
            text.insert_str(0, CHATTER);
        }
        if then.answer == Some(AnswerShape::DuplicatedJson) {
            self.text(text.clone(), Vec::new());
        }
        self.text(text, marks);
    }

    fn text(&mut self, text: String, marks: Vec<Mark>) {
        self.items.push(Item::Text { status: "completed", text, marks });
    }

    /// Counts tokens and cuts what the budget, or the scenario, does not let through.
    fn keep_to_budget(&mut self, ask: &Ask<'_>, then: &Then) {
        let chars: usize = self.items.iter().map(Item::chars).sum();
        let wanted = chars.div_ceil(CHARS_PER_TOKEN) as u64;
        let budget = ask.max_output_tokens.unwrap_or(u64::MAX);
        let (reason, room) = match then.answer {
            Some(AnswerShape::ReasoningOnly) => {
                self.reasoning_tokens = ask.max_output_tokens.unwrap_or(self.reasoning_tokens);
                (Some("max_output_tokens"), 0)
            }
            Some(AnswerShape::Incomplete) => (Some("max_output_tokens"), wanted / 2),
            Some(AnswerShape::ContentFilter) => (Some("content_filter"), wanted / 2),
            _ if self.reasoning_tokens + wanted > budget => {
                self.reasoning_tokens = self.reasoning_tokens.min(budget);
                (Some("max_output_tokens"), budget - self.reasoning_tokens)
            }
            _ => (None, wanted),
        };
        self.output_tokens = self.reasoning_tokens + room.min(wanted);
        if reason.is_some() {
            self.status = "incomplete";
            self.incomplete_reason = reason;
            self.cut(usize::try_from(room).unwrap_or(usize::MAX).saturating_mul(CHARS_PER_TOKEN));
        }
    }

    /// Leaves so many characters of text; a message that gets none is left out.
    fn cut(&mut self, mut room: usize) {
        self.items.retain_mut(|item| match item {
            Item::Text { status, text, marks } => {
                let kept: String = text.chars().take(room).collect();
                room -= kept.chars().count();
                marks.retain(|mark| mark.end <= kept.chars().count());
                *status = "incomplete";
                *text = kept;
                !text.is_empty()
            }
            Item::Refusal { .. } => room > 0,
            Item::Reasoning
            | Item::Search { .. }
            | Item::OpenPage { .. }
            | Item::FunctionCall { .. }
            | Item::CodeCall => true,
        });
    }
}

impl Item {
    fn chars(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.chars().count(),
            Self::Refusal { words } => words.chars().count(),
            Self::Reasoning
            | Self::Search { .. }
            | Self::OpenPage { .. }
            | Self::FunctionCall { .. }
            | Self::CodeCall => 0,
        }
    }
}

/// A use of a tool that nobody offered.
fn sign(shape: AnswerShape, ask: &Ask<'_>) -> Option<Item> {
    let query = || search::query(&ask.question, None);
    match shape {
        AnswerShape::ToolSearch => {
            Some(Item::Search { status: "completed", query: query(), sources: Vec::new() })
        }
        AnswerShape::ToolFunction => Some(Item::FunctionCall { query: query() }),
        AnswerShape::ToolCode => Some(Item::CodeCall),
        _ => None,
    }
}

/// Sentences, each cited one followed by an inline link, as the vendor writes them.
fn prose(knowledge: &Knowledge<'_>, sources: &[Source], draw: &mut Draw) -> (String, Vec<Mark>) {
    let mut text = String::new();
    let mut marks = Vec::new();
    for sentence in compose(knowledge, draw) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&sentence.text);
        if let Some(source) = sentence.source.and_then(|at| sources.get(at)) {
            text.push(' ');
            let start = text.chars().count();
            let link = format!("([{}]({}?utm_source=openai))", source.host, source.url);
            let end = start + link.chars().count();
            text.push_str(&link);
            marks.push(Mark { start, end, source: source.clone() });
        }
    }
    (text, marks)
}

/// JSON has no place for links: its citations span all of it.
fn over_all(text: &str, sources: &[Source]) -> Vec<Mark> {
    let end = text.chars().count();
    sources.iter().take(1).map(|source| Mark { start: 0, end, source: source.clone() }).collect()
}
