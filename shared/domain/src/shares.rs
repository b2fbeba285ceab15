//! Fair shares of what is scarce: who has had least of it goes first.

use std::collections::HashMap;
use std::hash::Hash;

/// Claimants that are remembered when there are too many: those that had most.
const REMEMBERED: usize = 4_096;

/// The most that are ever remembered.
pub const REMEMBERED_MAX: usize = 2 * REMEMBERED;

/// Start-time fair queueing (Goyal, Vin and Cheng 1996), of which deficit round robin is an approximation: a claimant's turn starts where its last one ended, each
/// turn being as long as what is served costs, and the earliest start goes first. Who had nothing to ask for saves nothing up: its next turn starts where the others are.
#[derive(Debug, Clone)]
pub struct Shares<K> {
    /// The start of the latest turn.
    clock: u64,
    ends: HashMap<K, u64>,
}

impl<K> Default for Shares<K> {
    fn default() -> Self {
        Self { clock: 0, ends: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord> Shares<K> {
    /// Where the claimant's next turn starts.
    #[must_use]
    pub fn start(&self, claimant: &K) -> u64 {
        self.ends.get(claimant).copied().unwrap_or(0).max(self.clock)
    }

    /// The claimant is served what costs so much, in any unit that is the same for all; at least 1.
    pub fn serve(&mut self, claimant: &K, cost: u64) {
        self.clock = self.start(claimant);
        self.ends.insert(claimant.clone(), self.clock.saturating_add(cost.max(1)));
        if self.ends.len() > REMEMBERED_MAX {
            self.forget();
        }
    }

    /// Forgets who would start where a newcomer does, and beyond the bound who is next to that.
    fn forget(&mut self) {
        let clock = self.clock;
        self.ends.retain(|_, end| *end > clock);
        if self.ends.len() > REMEMBERED {
            let mut ends: Vec<(u64, K)> = self.ends.drain().map(|(claimant, end)| (end, claimant)).collect();
            ends.sort_unstable();
            let kept = ends.split_off(ends.len() - REMEMBERED);
            self.ends = kept.into_iter().map(|(end, claimant)| (claimant, end)).collect();
        }
    }

    /// Whether it is remembered apart from a newcomer.
    #[must_use]
    pub fn remembers(&self, claimant: &K) -> bool {
        self.ends.get(claimant).is_some_and(|end| *end > self.clock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serves whoever starts first, so many times; how much each had.
    fn serve(shares: &mut Shares<char>, costs: &[(char, u64)], times: usize) -> HashMap<char, u64> {
        let mut had = HashMap::new();
        for _ in 0..times {
            let (claimant, cost) =
                *costs.iter().min_by_key(|(claimant, _)| (shares.start(claimant), *claimant)).unwrap();
            shares.serve(&claimant, cost);
            *had.entry(claimant).or_default() += cost;
        }
        had
    }

    #[test]
    fn all_have_as_much_whatever_their_turns_cost() {
        let costs = [('a', 100), ('b', 700), ('c', 3_000)];
        let had = serve(&mut Shares::default(), &costs, 10_000);
        let (least, most) = (had.values().min().unwrap(), had.values().max().unwrap());
        assert!(most - least <= 3_000, "{had:?}");
    }

    #[test]
    fn nobody_saves_up_and_nobody_pays_for_having_been_alone() {
        let mut shares = Shares::default();
        serve(&mut shares, &[('a', 10)], 1_000);
        let had = serve(&mut shares, &[('a', 10), ('b', 10)], 100);
        assert!(had[&'a'].abs_diff(had[&'b']) <= 10, "{had:?}");
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_who_had_most() {
        let mut shares = Shares::default();
        for claimant in 0..5 * REMEMBERED {
            shares.serve(&claimant, 1 + claimant as u64);
        }
        assert!(shares.ends.len() <= REMEMBERED_MAX);
        assert!(shares.remembers(&(5 * REMEMBERED - 1)) && !shares.remembers(&0));
    }
}
