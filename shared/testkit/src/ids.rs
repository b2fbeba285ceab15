//! Ids and random bytes that are the same in every run of a test.

use std::sync::{Mutex, PoisonError};

use stet_domain::clock::Ids;
use ulid::Ulid;

/// The time part of every ULID made here: 2026-11-23T00:00:00Z, in milliseconds.
const TIME_MS: u128 = 1_795_392_000_000;

/// Deterministic ids from a seed: ULIDs that grow by one, bytes from a small generator. Nothing here is secret.
#[derive(Debug)]
pub struct SeededIds {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    next: u128,
    word: u64,
}

impl SeededIds {
    /// The source of that seed; sources of different seeds make different ids.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        let next = TIME_MS << 80 | u128::from(seed) << 48;
        Self { state: Mutex::new(State { next, word: u64::from(seed) }) }
    }
}

impl Default for SeededIds {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Ids for SeededIds {
    fn ulid(&self) -> Ulid {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.next += 1;
        Ulid(state.next)
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            state.word = state.word.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let word = mix(state.word).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// The output function of `SplitMix64` (Steele, Lea, Flood 2014).
fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(ids: &SeededIds) -> [u8; 20] {
        let mut bytes = [0; 20];
        ids.fill(&mut bytes);
        bytes
    }

    #[test]
    fn the_same_seed_makes_the_same_ids_and_bytes() {
        let (one, two) = (SeededIds::new(7), SeededIds::new(7));
        let first = one.ulid();
        assert_eq!(first, two.ulid());
        assert!(one.ulid() > first);
        let drawn = bytes(&one);
        assert_eq!(drawn, bytes(&two));
        assert_ne!(drawn, bytes(&one));
    }

    #[test]
    fn another_seed_makes_others() {
        let (one, two) = (SeededIds::new(7), SeededIds::new(8));
        assert_ne!(one.ulid(), two.ulid());
        assert_ne!(bytes(&one), bytes(&two));
    }
}
