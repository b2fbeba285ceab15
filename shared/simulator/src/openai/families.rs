//! What model families take: data (providers-wire.md §1.4 and §1.5).

/// When a family reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reasoning {
    /// Never; it takes no effort.
    Never,
    /// Always; `none` is refused.
    Always,
    /// Only when asked.
    OffByDefault,
    /// Unless told not to.
    OnByDefault,
}

/// A family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the vendor's tables")]
pub(super) struct Family {
    /// The start of its ids, up to the end or a `-`.
    stem: &'static str,
    pub(super) reasoning: Reasoning,
    /// The effort where none is asked for.
    pub(super) default_effort: &'static str,
    /// The `top_p` where none is asked for, as it is echoed.
    pub(super) default_top_p: &'static str,
    /// Takes no `tool_choice` but `auto` beside a web search.
    pub(super) auto_only: bool,
    /// Takes the effort `minimal`.
    pub(super) minimal: bool,
    /// Offers the web search.
    pub(super) web_search: bool,
    /// Marks its messages with a phase.
    pub(super) phases: bool,
}

const PLAIN: Family = Family {
    stem: "",
    reasoning: Reasoning::Never,
    default_effort: "none",
    default_top_p: "1.0",
    auto_only: false,
    minimal: false,
    web_search: true,
    phases: false,
};

const O_SERIES: Family = Family { reasoning: Reasoning::Always, default_effort: "medium", ..PLAIN };

const ORIGINAL_GPT_5: Family = Family { stem: "gpt-5", auto_only: true, minimal: true, ..O_SERIES };

const GPT_5_1: Family =
    Family { stem: "gpt-5.1", reasoning: Reasoning::OffByDefault, minimal: true, ..PLAIN };

const GPT_5_2: Family = Family { stem: "gpt-5.2", default_top_p: "0.98", minimal: false, ..GPT_5_1 };

const GPT_5_4: Family = Family { stem: "gpt-5.4", phases: true, ..GPT_5_2 };

const GPT_5_5: Family =
    Family { stem: "gpt-5.5", reasoning: Reasoning::OnByDefault, default_effort: "medium", ..GPT_5_4 };

/// From the longest stem to the shortest of its kind, for the first that fits is taken.
const ALL: [Family; 24] = [
    Family { stem: "gpt-4.1-nano", web_search: false, ..PLAIN },
    Family { stem: "gpt-4.1", ..PLAIN },
    Family { stem: "gpt-4o-mini", ..PLAIN },
    Family { stem: "gpt-4o", ..PLAIN },
    Family { stem: "gpt-5-chat", ..PLAIN },
    Family { stem: "gpt-5-pro", default_effort: "high", minimal: false, ..ORIGINAL_GPT_5 },
    ORIGINAL_GPT_5,
    Family { stem: "gpt-5.1-chat", reasoning: Reasoning::Always, default_effort: "medium", ..GPT_5_1 },
    Family { stem: "gpt-5.1-codex", reasoning: Reasoning::Always, default_effort: "medium", ..GPT_5_1 },
    GPT_5_1,
    Family { stem: "gpt-5.2-chat", reasoning: Reasoning::Always, default_effort: "medium", ..GPT_5_2 },
    Family { stem: "gpt-5.2-pro", reasoning: Reasoning::Always, default_effort: "medium", ..GPT_5_2 },
    GPT_5_2,
    Family { stem: "gpt-5.3", ..GPT_5_2 },
    Family { stem: "gpt-5.4-pro", reasoning: Reasoning::Always, default_effort: "medium", ..GPT_5_4 },
    GPT_5_4,
    Family { stem: "gpt-5.5-pro", reasoning: Reasoning::Always, default_effort: "medium", ..GPT_5_5 },
    GPT_5_5,
    Family { stem: "gpt-5.6", ..GPT_5_5 },
    Family { stem: "gpt-6", ..GPT_5_5 },
    Family { stem: "o1", ..O_SERIES },
    Family { stem: "o3-mini", web_search: false, ..O_SERIES },
    Family { stem: "o3", ..O_SERIES },
    Family { stem: "o4-mini", ..O_SERIES },
];

impl Family {
    /// The family of a model; one that no stem fits behaves like the newest.
    pub(super) fn of(model: &str) -> Self {
        let fits = |family: &&Self| {
            model.strip_prefix(family.stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        ALL.iter().find(fits).copied().unwrap_or(GPT_5_4)
    }

    /// Whether temperature and `top_p` are taken under an effort.
    pub(super) fn samples(self, effort: &str) -> bool {
        match self.reasoning {
            Reasoning::Never => true,
            Reasoning::Always => false,
            Reasoning::OffByDefault | Reasoning::OnByDefault => effort == "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_fitting_stem_decides() {
        for (model, stem) in [
            ("gpt-5.4-2026-03-05", "gpt-5.4"),
            ("gpt-5.4-pro", "gpt-5.4-pro"),
            ("gpt-5-mini-2025-08-07", "gpt-5"),
            ("gpt-5-chat-latest", "gpt-5-chat"),
            ("gpt-4.1-nano-2025-04-14", "gpt-4.1-nano"),
            ("gpt-5.6-sol", "gpt-5.6"),
            ("o3-2025-04-16", "o3"),
            ("my-own-model", "gpt-5.4"),
        ] {
            assert_eq!(Family::of(model).stem, stem, "{model}");
        }
    }

    #[test]
    fn sampling_is_taken_only_where_the_model_does_not_reason() {
        assert!(Family::of("gpt-4o").samples("none"));
        assert!(!Family::of("o3").samples("medium"));
        assert!(Family::of("gpt-5.4").samples("none"));
        assert!(!Family::of("gpt-5.4").samples("low"));
        assert!(!Family::of("gpt-5.5").samples("medium"));
        assert!(Family::of("gpt-5.5").samples("none"));
    }
}
