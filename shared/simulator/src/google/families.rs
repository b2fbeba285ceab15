//! What model generations take: data (providers-wire.md §2.2).

/// When a family thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    /// Never; it takes no thinking settings.
    Never,
    /// Only when asked.
    OffByDefault,
    /// Unless its budget is 0.
    OnByDefault,
    /// Always; a budget of 0 is refused.
    Always,
}

/// A family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the vendor's tables")]
pub(super) struct Family {
    /// The start of its ids, up to the end, a `-` or a `.`.
    stem: &'static str,
    pub(super) thinking: Thinking,
    /// Takes a thinking level; all others take a budget alone.
    pub(super) levels: bool,
    /// Takes the level MINIMAL.
    pub(super) minimal: bool,
    /// Takes a search and a JSON answer in one request.
    pub(super) searches_with_json: bool,
    /// Cites its sources even where it answers JSON under a schema.
    pub(super) cites_json: bool,
    /// Tells the tokens that a search brought.
    pub(super) counts_tool_tokens: bool,
    /// Tells its calls of the service's tools, where asked to.
    pub(super) tells_tool_calls: bool,
}

const SECOND: Family = Family {
    stem: "gemini-2",
    thinking: Thinking::Never,
    levels: false,
    minimal: false,
    searches_with_json: false,
    cites_json: true,
    counts_tool_tokens: true,
    tells_tool_calls: false,
};

const THIRD: Family = Family {
    stem: "gemini-3",
    thinking: Thinking::Always,
    levels: true,
    minimal: true,
    searches_with_json: true,
    cites_json: true,
    counts_tool_tokens: false,
    tells_tool_calls: true,
};

/// From the longest stem to the shortest of its kind, for the first that fits is taken.
const ALL: [Family; 10] = [
    Family { stem: "gemini-2.5-flash-lite", thinking: Thinking::OffByDefault, ..SECOND },
    Family { stem: "gemini-2.5-flash", thinking: Thinking::OnByDefault, ..SECOND },
    Family { stem: "gemini-2.5", thinking: Thinking::Always, ..SECOND },
    SECOND,
    Family { stem: "gemini-1", ..SECOND },
    Family { stem: "gemini-3.1-pro", minimal: false, ..THIRD },
    Family { stem: "gemini-3-pro", minimal: false, ..THIRD },
    Family { stem: "gemini-3.5", cites_json: false, ..THIRD },
    Family { stem: "gemini-3.6", cites_json: false, ..THIRD },
    THIRD,
];

impl Family {
    /// The family of a model; one that no stem fits behaves like the third generation.
    pub(super) fn of(version: &str) -> Self {
        let version = version.strip_prefix("models/").unwrap_or(version);
        let fits = |family: &&Self| {
            version
                .strip_prefix(family.stem)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
        };
        ALL.iter().find(fits).copied().unwrap_or(THIRD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_fitting_stem_decides() {
        for (model, stem) in [
            ("gemini-2.5-flash-lite", "gemini-2.5-flash-lite"),
            ("gemini-2.5-flash-preview-05-20", "gemini-2.5-flash"),
            ("models/gemini-2.5-pro", "gemini-2.5"),
            ("gemini-2.0-flash-001", "gemini-2"),
            ("gemini-3-flash-preview", "gemini-3"),
            ("gemini-3.6-flash", "gemini-3.6"),
            ("my-own-model", "gemini-3"),
        ] {
            assert_eq!(Family::of(model).stem, stem, "{model}");
        }
    }
}
