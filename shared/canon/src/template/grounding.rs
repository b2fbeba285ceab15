//! How search is asked for.

use super::fields::Fields;
use super::value::{one_to, set, sorted, strings, up_to, verbatim, word};
use super::words::words;
use crate::json::{Json, Members};
use crate::refusal::{Code, Offences, shown};

/// Code points that a provoker may have.
const MAX_PROVOKER_LENGTH: usize = 1_000;

/// Domains that search may be restricted to.
const MAX_ALLOWED_DOMAINS: usize = 100;

/// Code points that a domain may have.
const MAX_DOMAIN_LENGTH: usize = 253;

words! {
    /// How much of the search results reaches the model.
    SearchContextSize {
        /// Little.
        Low = "low",
        /// The vendor's usual middle.
        Medium = "medium",
        /// Much.
        High = "high",
    }
}

/// How search is asked for in PREFERRED and REQUIRED cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grounding {
    /// A literal line appended for one more try when a run brought no evidence.
    pub provoker: Option<String>,
    /// How much of the search results reaches the model.
    pub search_context_size: Option<SearchContextSize>,
    /// Domains that search is restricted to, sorted; any where empty.
    pub allowed_domains: Vec<String>,
}

impl Grounding {
    pub(super) fn read(value: Option<&Json>, at: &str, offences: &mut Offences) -> Option<Self> {
        let known = ["provoker", "search_context_size", "allowed_domains"];
        let fields = Fields::open(value, &known, at, offences)?;
        let provoker = fields.optional("provoker", offences, |value, at, offences| {
            if let Some(text) = value.as_str().filter(|text| text.contains(['\n', '\r'])) {
                let message = format!("{} is more than the one line of a provoker", shown(text));
                return offences.add(Code::ValueNotAllowed, message, at);
            }
            verbatim(value, one_to(MAX_PROVOKER_LENGTH), at, offences)
        });
        let search_context_size = fields.optional("search_context_size", offences, |value, at, offences| {
            word(value, SearchContextSize::ALL, SearchContextSize::as_str, at, offences)
        });
        let allowed_domains = fields
            .optional("allowed_domains", offences, |value, at, offences| {
                strings(value, up_to(MAX_ALLOWED_DOMAINS), MAX_DOMAIN_LENGTH, at, offences).map(sorted)
            })
            .unwrap_or_default();
        Some(Self { provoker, search_context_size, allowed_domains })
    }

    pub(super) fn to_json(&self) -> Json {
        let members: Members = [
            ("provoker", Json::from(self.provoker.clone())),
            ("search_context_size", self.search_context_size.into()),
            ("allowed_domains", set(&self.allowed_domains)),
        ]
        .into_iter()
        .collect();
        members.into()
    }
}
