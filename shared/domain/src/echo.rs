//! What an answer echoes of the settings in force: a fingerprint of ours, and named so (providers.md, "Version, fingerprint, drift").

use stet_canon::Digest;

use crate::Provider;

/// The settings that an answer echoes, in canonical JSON; the token budget, which differs between a probe and a cell, is none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// Sampling settings with the defaults that the service filled in.
    pub settings: Vec<u8>,
    /// The tools, without what is a cell's own; `None` where none was offered.
    pub tools: Option<Vec<u8>>,
}

/// Whether a provider's answers echo settings and tools (providers-wire.md 1.6 and 2.3).
#[must_use]
pub const fn echoes(provider: Provider) -> bool {
    match provider {
        Provider::OpenAi => true,
        Provider::Gemini | Provider::Vertex => false,
    }
}

/// The digests of an echo, as a lock keeps them; `None` for what was not echoed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EchoDigests {
    /// `echo_sha256`.
    pub settings: Option<Digest>,
    /// `tools_echo_sha256`.
    pub tools: Option<Digest>,
}

impl EchoDigests {
    /// Those of an answer.
    #[must_use]
    pub fn of(echo: Option<&Echo>) -> Self {
        Self {
            settings: echo.map(|echo| Digest::of(&echo.settings)),
            tools: echo.and_then(|echo| echo.tools.as_deref()).map(Digest::of),
        }
    }

    /// Whether an answer echoes other settings; what either side does not echo differs from nothing.
    #[must_use]
    pub fn differ_from(&self, echo: &Echo) -> bool {
        let answered = Self::of(Some(echo));
        let differs = |locked: Option<Digest>, answered: Option<Digest>| {
            locked.zip(answered).is_some_and(|(locked, answered)| locked != answered)
        };
        differs(self.settings, answered.settings) || differs(self.tools, answered.tools)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_sides_echo_is_compared() {
        let echo = |settings: &str, tools: Option<&str>| Echo {
            settings: settings.as_bytes().to_vec(),
            tools: tools.map(|tools| tools.as_bytes().to_vec()),
        };
        let locked = EchoDigests::of(Some(&echo("s", Some("t"))));
        assert!(!locked.differ_from(&echo("s", Some("t"))) && !locked.differ_from(&echo("s", None)));
        assert!(locked.differ_from(&echo("x", None)) && locked.differ_from(&echo("s", Some("x"))));
        assert!(!EchoDigests::of(None).differ_from(&echo("x", Some("x"))));
    }
}
