//! Access tokens that the token endpoint issued.

use std::collections::VecDeque;

use crate::draw::Draw;

/// Tokens that are remembered; the oldest ones are forgotten, as if they had been revoked.
const TOKENS_MAX: usize = 1_024;

/// The issued tokens, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: VecDeque<(Box<str>, u64)>,
    count: u64,
}

impl Tokens {
    /// Issues the next token; what the n-th one is, the seed says.
    pub(crate) fn issue(&mut self, seed: u64, now_us: u64) -> Box<str> {
        self.count += 1;
        let number = self.count;
        let mut draw = Draw::of_words(seed, "access token").fork(number);
        let token: Box<str> = format!("ya29.c.{number:x}-{:016x}{:016x}", draw.next(), draw.next()).into();
        if self.issued.len() == TOKENS_MAX {
            self.issued.pop_front();
        }
        self.issued.push_back((token.clone(), now_us));
        token
    }

    /// Whether the token was issued here, at most `live_ms` ago where that is given.
    pub(crate) fn accepts(&self, token: &str, now_us: u64, live_ms: Option<u64>) -> bool {
        self.issued.iter().rev().any(|(issued, at_us)| {
            &**issued == token
                && live_ms.is_none_or(|live_ms| now_us.saturating_sub(*at_us) < live_ms.saturating_mul(1_000))
        })
    }

    /// Revokes all of them and begins again.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_as_long_as_it_may() {
        let mut tokens = Tokens::default();
        let token = tokens.issue(1, 5_000);
        assert!(tokens.accepts(&token, 6_000, Some(2)));
        assert!(!tokens.accepts(&token, 7_000, Some(2)));
        assert!(tokens.accepts(&token, u64::MAX, None));
        assert!(!tokens.accepts("ya29.other", 6_000, None));
        for _ in 0..TOKENS_MAX {
            assert_ne!(tokens.issue(1, 5_000), token);
        }
        assert!(!tokens.accepts(&token, 6_000, None));
    }
}
