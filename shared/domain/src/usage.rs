//! Tokens that an answer cost.

/// Token counts as the provider reported them; `None` where it did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenUsage {
    /// Tokens read, search content included.
    pub input: Option<i64>,
    /// Tokens written, reasoning included.
    pub output: Option<i64>,
    /// Of the input: read from the provider's cache.
    pub cached: Option<i64>,
    /// Of the output: reasoning.
    pub reasoning: Option<i64>,
    /// Tokens that tool results added to the prompt.
    pub tool_use: Option<i64>,
}
