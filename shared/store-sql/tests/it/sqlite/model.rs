//! Claim, renewal, expiry, commit, pause, resume, cancel and retry, interleaved at random, and after every step the invariants I1–I5 (reliability.md, "Fault
//! scenarios"). The rules alone take a hundred thousand steps; the store takes some thousands beside them, and stands where they do after each.

mod rules;
mod step;
mod world;

use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use rules::Rules;
use step::{Step, any_step};
use world::World;

/// What every sequence is drawn from: a failure plays again.
const SEED: u64 = 0x5742_1d09;
/// Steps of one sequence at most.
const STEPS_MAX: usize = 80;
/// Sequences by the rules alone, and the interleavings that they must come to.
const SEQUENCES: u32 = 3_000;
const INTERLEAVINGS_MIN: u64 = 100_000;
/// Those that the store takes as well.
const SEQUENCES_IN_STORE: u32 = 60;
const INTERLEAVINGS_IN_STORE_MIN: u64 = 2_000;

/// Plays sequences; answers how many steps they had.
fn interleave(sequences: u32, mut play: impl FnMut(&[Step]) -> Result<(), TestCaseError>) -> u64 {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEED.to_be_bytes());
    let config = Config { cases: sequences, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (taken, play) = (std::cell::Cell::new(0), std::cell::RefCell::new(&mut play));
    let ended = runner.run(&vec(any_step(), 1..=STEPS_MAX), |steps| {
        taken.set(taken.get() + steps.len() as u64);
        (play.borrow_mut())(&steps)
    });
    ended.unwrap_or_else(|error| panic!("seed {SEED:#x}: {error}"));
    taken.get()
}

#[test]
fn a_hundred_thousand_interleavings_of_the_rules_keep_the_invariants() {
    let taken = interleave(SEQUENCES, |steps| {
        let mut rules = Rules::new(rules::some_runs());
        for step in steps {
            let before = rules.clone();
            rules.take(*step);
            if let Some(broken) = rules.broken_since(&before) {
                return Err(TestCaseError::fail(format!("{step:?}: {broken}")));
            }
        }
        Ok(())
    });
    eprintln!("{taken} interleavings of the rules, seed {SEED:#x}");
    assert!(taken >= INTERLEAVINGS_MIN, "{taken}");
}

#[test]
fn the_store_keeps_to_the_rules_through_thousands_of_interleavings() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::open());
    let taken = interleave(SEQUENCES_IN_STORE, |steps| runtime.block_on(world.play(steps)));
    eprintln!("{taken} interleavings of the store, seed {SEED:#x}");
    assert!(taken >= INTERLEAVINGS_IN_STORE_MIN, "{taken}");
}
