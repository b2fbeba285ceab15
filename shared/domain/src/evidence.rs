//! Whether an answer rests on a web search (providers.md, "Evidence of grounding").

use crate::answer::SearchEvidence;
use crate::citation::CitationClass;
use crate::mode::GroundingMode;
use crate::names::names;

names! {
    /// Why an answer does not count as grounded.
    pub enum WhyNotGrounded {
        /// The mode offers no search.
        ModeUngrounded = "MODE_UNGROUNDED",
        /// A search was offered and the model used none.
        ToolNotInvoked = "TOOL_NOT_INVOKED",
        /// Every search that was tried failed.
        SearchFailed = "SEARCH_FAILED",
        /// A search took place and shows nothing that it brought.
        SearchEmpty = "SEARCH_EMPTY",
        /// A search brought something and the answer cites none of it.
        NoCitations = "NO_CITATIONS",
        /// The answer cites pages without a search.
        CitationsWithoutSearch = "CITATIONS_WITHOUT_SEARCH",
    }
}

/// What a run records of its grounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grounding {
    /// Whether a search that did not fail took place.
    pub search_performed: bool,
    /// Whether the answer rests on one: performed, and cited.
    pub grounded_effective: bool,
    /// Why it does not; `None` exactly where it does.
    pub why_not_grounded: Option<WhyNotGrounded>,
}

impl CitationClass {
    /// Whether a citation of this class is evidence of a search. A widget's page is what a search brought; a page fetched by address is not.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Self::WebPage | Self::ProviderWidget => true,
            Self::UrlContext => false,
        }
    }
}

/// Judges the evidence that an answer carries.
#[must_use]
pub fn judge(mode: GroundingMode, evidence: &SearchEvidence) -> Grounding {
    let why_not_grounded = match mode {
        GroundingMode::Ungrounded => Some(WhyNotGrounded::ModeUngrounded),
        GroundingMode::Preferred | GroundingMode::Required => why_not(evidence),
    };
    Grounding {
        search_performed: evidence.performed,
        grounded_effective: why_not_grounded.is_none(),
        why_not_grounded,
    }
}

impl Grounding {
    /// Whether a template's provoker is worth its one more try: a search was offered and brought no evidence (system.md, "A template").
    #[must_use]
    pub const fn calls_for_provoker(&self) -> bool {
        match self.why_not_grounded {
            None | Some(WhyNotGrounded::ModeUngrounded) => false,
            Some(
                WhyNotGrounded::ToolNotInvoked
                | WhyNotGrounded::SearchFailed
                | WhyNotGrounded::SearchEmpty
                | WhyNotGrounded::NoCitations
                | WhyNotGrounded::CitationsWithoutSearch,
            ) => true,
        }
    }
}

fn why_not(evidence: &SearchEvidence) -> Option<WhyNotGrounded> {
    let cited = evidence.citations.iter().any(|citation| citation.class.counts());
    match (evidence.performed, cited) {
        (true, true) => None,
        (true, false) if evidence.has_sources => Some(WhyNotGrounded::NoCitations),
        (true, false) => Some(WhyNotGrounded::SearchEmpty),
        (false, _) if !evidence.citations.is_empty() => Some(WhyNotGrounded::CitationsWithoutSearch),
        (false, _) if evidence.failed => Some(WhyNotGrounded::SearchFailed),
        (false, _) => Some(WhyNotGrounded::ToolNotInvoked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::citation::Citation;

    fn cited(class: CitationClass) -> Vec<Citation> {
        vec![Citation {
            url_raw: "https://example.org/".into(),
            url: "https://example.org/".into(),
            title: None,
            domain: None,
            class,
            span: None,
        }]
    }

    #[test]
    fn each_reading_has_its_reason() {
        use WhyNotGrounded as Why;
        let web = || cited(CitationClass::WebPage);
        let table = [
            ((true, false, true), web(), None),
            ((true, false, true), cited(CitationClass::ProviderWidget), None),
            ((true, false, true), cited(CitationClass::UrlContext), Some(Why::NoCitations)),
            ((true, false, true), vec![], Some(Why::NoCitations)),
            ((true, true, false), vec![], Some(Why::SearchEmpty)),
            ((false, true, false), vec![], Some(Why::SearchFailed)),
            ((false, false, false), vec![], Some(Why::ToolNotInvoked)),
            ((false, false, true), web(), Some(Why::CitationsWithoutSearch)),
            ((false, true, false), cited(CitationClass::UrlContext), Some(Why::CitationsWithoutSearch)),
        ];
        for ((performed, failed, has_sources), citations, why) in table {
            let evidence = SearchEvidence { performed, failed, has_sources, citations, ..Default::default() };
            for mode in [GroundingMode::Preferred, GroundingMode::Required] {
                let judged = judge(mode, &evidence);
                assert_eq!(judged.why_not_grounded, why, "{evidence:?}");
                assert_eq!(judged.grounded_effective, why.is_none());
                assert_eq!(judged.search_performed, performed);
                assert_eq!(judged.calls_for_provoker(), why.is_some());
            }
            let judged = judge(GroundingMode::Ungrounded, &evidence);
            assert_eq!(judged.why_not_grounded, Some(Why::ModeUngrounded));
            assert!(!judged.grounded_effective && !judged.calls_for_provoker());
        }
    }
}
