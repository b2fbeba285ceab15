//! Claim, renewal, expiry, commit, pause, resume, cancel and retry, interleaved at random (reliability.md, "Fault scenarios"): the store takes a hundred thousand steps beside
//! the rules, stands where they do after each, and breaks none of I1–I5 in any sequence. The rules alone are held against the invariants after every step.

mod rules;
mod step;
mod world;

use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use rules::Rules;
use step::{Step, any_step};
use world::World;

/// What the sequences of a part are drawn from: a failure plays again.
const SEEDS: [u64; PARTS] = [0x5742_1d09, 0x1b0c_77e3, 0x9d21_04af, 0x30fe_c6b5];
/// Parts that the sequences are played in, beside each other.
const PARTS: usize = 4;
/// Steps of one sequence at most.
const STEPS_MAX: usize = 80;
/// Sequences of a part, and the interleavings that they must come to: a hundred thousand in all.
const SEQUENCES: u32 = 650;
const INTERLEAVINGS_MIN: u64 = 25_000;

/// Plays the sequences of a part.
fn interleave(part: usize, mut play: impl FnMut(&[Step]) -> Result<(), TestCaseError>) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEEDS[part].to_be_bytes());
    let config = Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (taken, play) = (std::cell::Cell::new(0), std::cell::RefCell::new(&mut play));
    let ended = runner.run(&vec(any_step(), 1..=STEPS_MAX), |steps| {
        taken.set(taken.get() + steps.len() as u64);
        (play.borrow_mut())(&steps)
    });
    ended.unwrap_or_else(|error| panic!("seed {:#x}: {error}", SEEDS[part]));
    let taken = taken.get();
    assert!(taken >= INTERLEAVINGS_MIN, "{taken}");
}

#[test]
fn a_hundred_thousand_interleavings_of_the_rules_keep_the_invariants() {
    for part in 0..PARTS {
        interleave(part, |steps| {
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
    }
}

fn the_store_keeps_to_the_rules(part: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::open());
    interleave(part, |steps| runtime.block_on(world.play(steps)));
}

#[test]
fn the_store_keeps_to_the_rules_through_a_hundred_thousand_interleavings_part_1() {
    the_store_keeps_to_the_rules(0);
}

#[test]
fn the_store_keeps_to_the_rules_through_a_hundred_thousand_interleavings_part_2() {
    the_store_keeps_to_the_rules(1);
}

#[test]
fn the_store_keeps_to_the_rules_through_a_hundred_thousand_interleavings_part_3() {
    the_store_keeps_to_the_rules(2);
}

#[test]
fn the_store_keeps_to_the_rules_through_a_hundred_thousand_interleavings_part_4() {
    the_store_keeps_to_the_rules(3);
}
