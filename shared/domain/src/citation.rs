//! Citations: what an answer says it rests on.

use crate::names::names;

names! {
    /// What kind of thing a citation points at (providers.md, "Evidence of grounding").
    pub enum CitationClass {
        /// A page of the web.
        WebPage = "web_page",
        /// The provider's own widget (weather, sports, its search page).
        ProviderWidget = "provider_widget",
        /// A page fetched by address, not found by a search.
        UrlContext = "url_context",
    }
}

/// One citation of an answer, in the answer's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The address as answered; a redirect for Gemini.
    pub url_raw: String,
    /// The address without tracking parameters.
    pub url: String,
    /// The title as answered.
    pub title: Option<String>,
    /// The host of `url`, or what the answer names as the domain.
    pub domain: Option<String>,
    /// What it points at.
    pub class: CitationClass,
    /// The text that it supports, where the answer tells it.
    pub span: Option<String>,
}
