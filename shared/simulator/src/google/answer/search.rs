//! What came of a search, and which stretches of the text rest on it.

use super::Ask;
use crate::draw::Draw;
use crate::form::Form;
use crate::scenario::{AnswerShape, SearchOutcome, Then};
use crate::search::{self, Source};
use crate::vocabulary::Sentence;
use crate::vocabulary::country::Country;

/// The stream of draws for what an unused search leaves behind.
const TRACES: u64 = 5;

/// In so many of a thousand answers an unused search leaves an empty object behind.
const EMPTY_PER_MILLE: u64 = 400;

/// The host of the vendor's own pages.
const WIDGET_HOST: &str = "www.google.com";

/// The host of the vendor's map.
const MAPS_HOST: &str = "maps.google.com";

/// What a search leaves in an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::google) enum Found {
    /// Nothing.
    #[default]
    Nothing,
    /// An empty object.
    Trace,
    /// Queries alone.
    Queries(String),
    /// Queries, suggestions for further ones, and pages where any are cited.
    Pages { query: String, sources: Vec<Source> },
    /// Queries, suggestions for further ones, and a place on a map: something was found, and no page is cited.
    Place { query: String, place: Source },
    /// Pages that no search brought.
    Fetched(Vec<Source>),
}

/// A stretch of the text, in bytes, and the places of the pages that support it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::google) struct Mark {
    pub(in crate::google) start: usize,
    pub(in crate::google) end: usize,
    pub(in crate::google) text: String,
    pub(in crate::google) sources: Vec<usize>,
}

/// What came of the search; nothing where none was offered and none is made up.
pub(super) fn outcome(ask: &Ask<'_>, then: &Then, draw: &mut Draw) -> Option<SearchOutcome> {
    if then.answer == Some(AnswerShape::ToolSearch) {
        return Some(then.search.unwrap_or(SearchOutcome::Empty));
    }
    ask.tools.search.then(|| search::outcome(false, then.search, draw))
}

impl Found {
    pub(super) fn of(
        ask: &Ask<'_>,
        outcome: Option<SearchOutcome>,
        country: Option<&'static Country>,
        draw: &Draw,
    ) -> Self {
        let code = country.map(|country| country.code);
        let query = || search::query(&ask.question, code);
        match outcome {
            Some(SearchOutcome::Unused) if draw.fork(TRACES).chance(EMPTY_PER_MILLE) => Self::Trace,
            None | Some(SearchOutcome::Unused) => Self::Nothing,
            Some(SearchOutcome::Failed) => Self::Trace,
            Some(SearchOutcome::Empty) => Self::Queries(query()),
            Some(SearchOutcome::Uncited) => Self::Place { query: query(), place: place(&query()) },
            Some(SearchOutcome::Used) if ask.config.form != Form::Text && !ask.family.cites_json => {
                Self::Pages { query: query(), sources: Vec::new() }
            }
            Some(SearchOutcome::Widget) => Self::Pages { query: query(), sources: vec![widget(&query())] },
            Some(SearchOutcome::CitedOnly) => Self::Fetched(search::sources(code, &[])),
            Some(SearchOutcome::Used) => Self::Pages { query: query(), sources: search::sources(code, &[]) },
        }
    }

    /// The queries.
    pub(in crate::google) fn queries(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Nothing | Self::Trace | Self::Fetched(_) => None,
            Self::Queries(query) | Self::Pages { query, .. } | Self::Place { query, .. } => {
                Some(query.as_str())
            }
        }
        .into_iter()
    }

    /// Whether a page stands with its own address; others hide behind one that tells nothing.
    pub(in crate::google) fn tells_address(&self, source: &Source) -> bool {
        matches!(self, Self::Fetched(_)) || source.host == WIDGET_HOST
    }

    /// The pages.
    pub(in crate::google) fn sources(&self) -> &[Source] {
        match self {
            Self::Pages { sources, .. } | Self::Fetched(sources) => sources,
            Self::Nothing | Self::Trace | Self::Queries(_) | Self::Place { .. } => &[],
        }
    }
}

/// A place on the vendor's map.
fn place(query: &str) -> Source {
    let url = format!("https://{MAPS_HOST}/?cid={}", query.len());
    Source { host: MAPS_HOST.to_owned(), url, title: query.to_owned() }
}

/// A page of the vendor's own.
fn widget(query: &str) -> Source {
    let words = query.split_whitespace().collect::<Vec<_>>().join("+");
    Source {
        host: WIDGET_HOST.to_owned(),
        url: format!("https://{WIDGET_HOST}/search?q={words}"),
        title: format!("Information on {query}"),
    }
}

/// The sentences as one text, and the stretches of it that pages support.
pub(super) fn prose(sentences: Vec<Sentence>, sources: &[Source]) -> (String, Vec<Mark>) {
    let mut text = String::new();
    let mut marks = Vec::new();
    for sentence in sentences {
        if !text.is_empty() {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(&sentence.text);
        if let Some(at) = sentence.source.filter(|at| *at < sources.len()) {
            marks.push(Mark { start, end: text.len(), text: sentence.text, sources: vec![at] });
        }
    }
    (text, marks)
}

/// JSON is supported as a whole.
pub(super) fn over_all(text: &str, sources: &[Source]) -> Vec<Mark> {
    if sources.is_empty() {
        return Vec::new();
    }
    vec![Mark { start: 0, end: text.len(), text: text.to_owned(), sources: (0..sources.len()).collect() }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_counted_in_bytes() {
        let sentence = |text: &str, source| Sentence { text: text.to_owned(), source };
        let sources = search::sources(Some("NO"), &[]);
        let (text, marks) =
            prose(vec![sentence("Høyland først.", None), sentence("Så Åre.", Some(1))], &sources);
        assert_eq!((marks[0].start, marks[0].end), (17, 26));
        assert_eq!(&text[marks[0].start..marks[0].end], marks[0].text);
        assert_eq!(prose(vec![sentence("x", Some(0))], &[]).1, []);
        assert_eq!(over_all("{}", &sources)[0].sources, [0, 1, 2]);
    }
}
