//! Searches of a simulated answer.

use crate::draw::Draw;
use crate::scenario::SearchOutcome;

/// In so many of a thousand answers a model that may search does.
const SEARCHES_PER_MILLE: u64 = 700;

/// In so many of a thousand answers a model that may search, and did, cites nothing.
const UNCITED_PER_MILLE: u64 = 80;

/// Characters of a question that become a query.
const QUERY_MAX_CHARS: usize = 80;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) host: String,
    pub(crate) url: String,
    pub(crate) title: String,
}

/// What came of the offered search: what the scenario says, else what the model chose.
pub(crate) fn outcome(required: bool, said: Option<SearchOutcome>, draw: &mut Draw) -> SearchOutcome {
    let uncited = draw.chance(UNCITED_PER_MILLE);
    let searches = draw.chance(SEARCHES_PER_MILLE);
    match said {
        Some(said) => said,
        None if required => SearchOutcome::Used,
        None if !searches => SearchOutcome::Unused,
        None if uncited => SearchOutcome::Uncited,
        None => SearchOutcome::Used,
    }
}

/// The query that a question becomes.
pub(crate) fn query(question: &str, country: Option<&str>) -> String {
    let mut query: String =
        question.chars().filter(|c| !matches!(c, '?' | '\n' | '\r')).take(QUERY_MAX_CHARS).collect();
    if let Some(country) = country {
        query.push(' ');
        query.push_str(country);
    }
    query
}

/// What is found: pages of the allowed domains, or of made-up ones under `.example`.
pub(crate) fn sources(country: Option<&str>, allowed: &[&str]) -> Vec<Source> {
    let place = country.unwrap_or("world").to_ascii_lowercase();
    let hosts: Vec<String> = if allowed.is_empty() {
        vec![
            format!("revenue-{place}.example"),
            "rates-guide.example".to_owned(),
            "daily-figures.example".to_owned(),
        ]
    } else {
        allowed.iter().take(3).map(|host| (*host).to_owned()).collect()
    };
    let pages = ["standard-rates", "overview", "news"];
    hosts
        .into_iter()
        .zip(pages)
        .map(|(host, page)| Source {
            url: format!("https://{host}/{place}/{page}"),
            title: format!("{} – {host}", page.replace('-', " ")),
            host,
        })
        .collect()
}
