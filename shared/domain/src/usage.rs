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

impl TokenUsage {
    /// The tokens of both; what neither reports stays unreported.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |one: Option<i64>, other: Option<i64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        Self {
            input: sum(self.input, other.input),
            output: sum(self.output, other.output),
            cached: sum(self.cached, other.cached),
            reasoning: sum(self.reasoning, other.reasoning),
            tool_use: sum(self.tool_use, other.tool_use),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_neither_reports_stays_unreported() {
        let one = TokenUsage { input: Some(9), output: Some(i64::MAX), ..TokenUsage::default() };
        let other =
            TokenUsage { input: Some(3), output: Some(1), reasoning: Some(7), ..TokenUsage::default() };
        let sum = TokenUsage {
            input: Some(12),
            output: Some(i64::MAX),
            cached: None,
            reasoning: Some(7),
            tool_use: None,
        };
        assert_eq!(one.plus(other), sum);
    }
}
