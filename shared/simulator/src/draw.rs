//! Repeatable chance: a stream of numbers from a digest.

use sha2::{Digest as _, Sha256};

/// A stream of draws; equal beginnings give equal streams.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    state: u64,
}

impl Draw {
    /// The stream of a request: its canonical body, its client request id and the simulator's seed.
    pub(crate) fn of_request(seed: u64, client_request_id: &str, canonical_body: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_be_bytes());
        hasher.update((client_request_id.len() as u64).to_be_bytes());
        hasher.update(client_request_id);
        hasher.update(canonical_body);
        Self::of_digest(&hasher.finalize())
    }

    /// The stream of some words, the same on every machine.
    pub(crate) fn of_words(seed: u64, words: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_be_bytes());
        hasher.update(words);
        Self::of_digest(&hasher.finalize())
    }

    fn of_digest(digest: &[u8]) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self { state: u64::from_be_bytes(first) }
    }

    /// Another stream from the same beginning, for a purpose of its own: what one purpose draws changes no other.
    pub(crate) fn fork(&self, purpose: u64) -> Self {
        let mut fork = Self { state: self.state ^ purpose.wrapping_mul(0xd6e8_feb8_6659_fd93) };
        fork.next();
        fork
    }

    /// The next number (`SplitMix64`).
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        let width = high.saturating_sub(low).saturating_add(1);
        low + if width == 0 { 0 } else { self.next() % width }
    }

    /// True in `per_mille` of a thousand draws.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.between(0, 999) < per_mille
    }

    /// One of the choices by its weight; the weights' sum must not be 0.
    pub(crate) fn weighted<'a, T>(&mut self, choices: &'a [(u64, T)]) -> &'a T {
        let sum: u64 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.between(0, sum - 1);
        for (weight, choice) in choices {
            if left < *weight {
                return choice;
            }
            left -= weight;
        }
        &choices[choices.len() - 1].1
    }

    /// One of the choices.
    pub(crate) fn one<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let last = choices.len() as u64 - 1;
        let at = self.between(0, last);
        &choices[usize::try_from(at).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_requests_draw_alike_and_ids_make_them_differ() {
        let stream = |seed, id: &str, body: &str| Draw::of_request(seed, id, body.as_bytes()).next();
        assert_eq!(stream(1, "a", "b"), stream(1, "a", "b"));
        assert_ne!(stream(1, "a", "b"), stream(2, "a", "b"));
        assert_ne!(stream(1, "a", "b"), stream(1, "b", "b"));
        assert_ne!(stream(1, "ab", "c"), stream(1, "a", "bc"));
        let draw = Draw::of_words(1, "x");
        assert_ne!(draw.fork(1).next(), draw.fork(2).next());
    }

    #[test]
    fn draws_keep_to_their_bounds_and_weights() {
        let mut draw = Draw::of_words(7, "bounds");
        let mut heads = 0;
        for _ in 0..1000 {
            assert!((3..=5).contains(&draw.between(3, 5)));
            heads += u32::from(*draw.weighted(&[(9, true), (1, false)]));
        }
        assert!((850..950).contains(&heads), "{heads}");
        assert_eq!(draw.between(4, 4), 4);
        draw.between(0, u64::MAX);
        assert_eq!(*draw.one(&["only"]), "only");
    }
}
