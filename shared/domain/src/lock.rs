//! The lock: what preflight observed, with its epoch.

/// What one observation says of the model that answered (system.md, "Words").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The effective version, one leading `models/` stripped (providers.md, Decoding 4).
    pub model_version: String,
    /// The fingerprint, or `None` where the API offered none: never "unchanged".
    pub model_fingerprint: Option<String>,
}

/// A lock in force: an observation with the number of its epoch, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The epoch; preflight's is 1.
    pub epoch: i64,
    /// What it holds the model to.
    pub observed: Observation,
}

/// What the provider's own list of models says of a model: a secondary sign of change (providers.md, "Version, fingerprint, drift").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// It is listed with a mark of its own: OpenAI's `created`, Gemini's `version`.
    Marked(String),
    /// It is listed without one.
    Unmarked,
    /// It is not listed.
    Unlisted,
    /// There was no list to be had.
    Unavailable,
}

impl Listed {
    /// The name by which a row tells how the mark is known.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Marked(_) => "marked",
            Self::Unmarked => "unmarked",
            Self::Unlisted => "unlisted",
            Self::Unavailable => "unavailable",
        }
    }

    /// The mark, verbatim.
    #[must_use]
    pub fn mark(&self) -> Option<&str> {
        match self {
            Self::Marked(mark) => Some(mark),
            Self::Unmarked | Self::Unlisted | Self::Unavailable => None,
        }
    }

    /// What a row says by name and mark; `None` where the two do not fit.
    #[must_use]
    pub fn named(name: &str, mark: Option<String>) -> Option<Self> {
        match (name, mark) {
            ("marked", Some(mark)) => Some(Self::Marked(mark)),
            ("unmarked", None) => Some(Self::Unmarked),
            ("unlisted", None) => Some(Self::Unlisted),
            ("unavailable", None) => Some(Self::Unavailable),
            (_, _) => None,
        }
    }
}
