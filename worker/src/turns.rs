//! Whose turn it is: who was served longest ago goes first, over orgs and within an org over its batches.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use stet_domain::ids::{BatchId, OrgId};
use stet_ops::rows::OfferedRun;

/// Servings that are remembered: who was not among so many last ones counts as never served.
const REMEMBERED: u64 = 4_096;

/// The order in which what is offered is served. A look at the rows begins its turns anew, and slots come free one by one: without a memory the org whose
/// name sorts first would have every one of them.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// Servings so far.
    served: u64,
    orgs: HashMap<OrgId, u64>,
    batches: HashMap<BatchId, u64>,
    /// Where the first turn of the last look ended: of more orgs than one look is at, the next is at those behind.
    after: Option<OrgId>,
}

/// What one org has on offer.
#[derive(Default)]
struct Offers {
    singles: VecDeque<OfferedRun>,
    batches: BTreeMap<BatchId, VecDeque<OfferedRun>>,
    /// Its batches by when they were served last.
    turns: BTreeSet<(u64, BatchId)>,
}

impl Offers {
    fn add(&mut self, run: OfferedRun, last_served: u64) {
        let Some(batch) = run.batch else { return self.singles.push_back(run) };
        self.batches.entry(batch).or_default().push_back(run);
        self.turns.insert((last_served, batch));
    }

    /// Single runs first, for a person waits for them; then the batch that was served longest ago.
    fn next(&mut self, turn: u64) -> Option<OfferedRun> {
        if let Some(single) = self.singles.pop_front() {
            return Some(single);
        }
        let (_, batch) = self.turns.pop_first()?;
        let runs = self.batches.get_mut(&batch)?;
        let run = runs.pop_front();
        if !runs.is_empty() {
            self.turns.insert((turn, batch));
        }
        run
    }
}

impl Turns {
    /// Behind whom the next look begins.
    pub(crate) fn after(&self) -> Option<OrgId> {
        self.after.clone()
    }

    /// Takes in what a look offered.
    pub(crate) fn saw(&mut self, offered: &[OfferedRun]) {
        let mut seen = HashSet::new();
        let first_turn = offered.iter().take_while(|run| seen.insert(&run.org));
        self.after = first_turn.last().map(|run| run.org.clone());
    }

    /// The offered runs in turn, at most `most`.
    pub(crate) fn order(&self, offered: Vec<OfferedRun>, most: usize) -> Vec<OfferedRun> {
        let mut offers: BTreeMap<OrgId, Offers> = BTreeMap::new();
        for run in offered {
            let last_served = run.batch.and_then(|batch| self.batches.get(&batch)).copied().unwrap_or(0);
            offers.entry(run.org.clone()).or_default().add(run, last_served);
        }
        let mut turns: BTreeSet<(u64, OrgId)> =
            offers.keys().map(|org| (self.orgs.get(org).copied().unwrap_or(0), org.clone())).collect();
        let (mut ordered, mut turn) = (Vec::new(), self.served);
        while ordered.len() < most {
            let Some((_, org)) = turns.pop_first() else { break };
            turn += 1;
            if let Some(run) = offers.get_mut(&org).and_then(|offers| offers.next(turn)) {
                ordered.push(run);
                turns.insert((turn, org));
            }
        }
        ordered
    }

    /// Remembers that this run was served.
    pub(crate) fn serve(&mut self, run: &OfferedRun) {
        self.served += 1;
        self.orgs.insert(run.org.clone(), self.served);
        if let Some(batch) = run.batch {
            self.batches.insert(batch, self.served);
        }
        if self.served.is_multiple_of(REMEMBERED) {
            let oldest = self.served - REMEMBERED;
            self.orgs.retain(|_, served| *served > oldest);
            self.batches.retain(|_, served| *served > oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::Provider;
    use stet_domain::ids::{RunId, TemplateId};
    use ulid::Ulid;

    use super::*;

    fn run(org: &str, batch: Option<u128>, id: u128, provider: Provider) -> OfferedRun {
        OfferedRun {
            org: org.parse().unwrap(),
            id: RunId(Ulid(id)),
            batch: batch.map(|batch| BatchId(Ulid(batch))),
            template: TemplateId(Ulid(1)),
            provider,
        }
    }

    fn of_batch(org: &str, batch: u128, count: u128) -> Vec<OfferedRun> {
        (0..count).map(|id| run(org, Some(batch), batch * 1_000 + id, Provider::OpenAi)).collect()
    }

    /// Who is served when so many slots come free at once, again and again.
    fn serve(offered: &[OfferedRun], slots: usize, looks: usize) -> Vec<OfferedRun> {
        let mut turns = Turns::default();
        let mut served = Vec::new();
        for _ in 0..looks {
            for run in turns.order(offered.to_vec(), slots) {
                turns.serve(&run);
                served.push(run);
            }
        }
        served
    }

    fn count(served: &[OfferedRun], org: &str) -> usize {
        served.iter().filter(|run| run.org.as_str() == org).count()
    }

    #[test]
    fn slots_that_come_free_one_by_one_go_in_turn() {
        let offered = [of_batch("a", 1, 50), of_batch("b", 2, 50), of_batch("c", 3, 50)].concat();
        for slots in [1, 2, 5, 7] {
            let served = serve(&offered, slots, 30);
            for org in ["a", "b", "c"] {
                assert!(count(&served, org).abs_diff(slots * 10) <= 1, "{slots} {org}");
            }
        }
    }

    #[test]
    fn an_org_with_many_batches_has_one_turn_and_they_share_it() {
        let many = (1..=100).flat_map(|batch| of_batch("a", batch, 3));
        let offered: Vec<_> = many.chain(of_batch("b", 200, 300)).collect();
        let served = serve(&offered, 1, 400);
        assert_eq!((count(&served, "a"), count(&served, "b")), (200, 200));
        for batch in 1..=100 {
            let of = served.iter().filter(|run| run.batch == Some(BatchId(Ulid(batch)))).count();
            assert_eq!(of, 2, "{batch}");
        }
    }

    #[test]
    fn what_is_not_admitted_keeps_its_turn() {
        let offered = [of_batch("a", 1, 9), of_batch("b", 2, 9)].concat();
        let mut turns = Turns::default();
        // One call a look is admitted of whatever is asked for.
        let mut served = Vec::new();
        for _ in 0..10 {
            let first = turns.order(offered.clone(), 8).remove(0);
            turns.serve(&first);
            served.push(first);
        }
        assert_eq!((count(&served, "a"), count(&served, "b")), (5, 5));
    }

    #[test]
    fn single_runs_go_first_and_nothing_is_lost_or_doubled() {
        let mut offered = of_batch("a", 1, 5);
        offered.push(run("a", None, 9, Provider::Gemini));
        let ordered = Turns::default().order(offered.clone(), 100);
        assert_eq!(ordered[0].id, RunId(Ulid(9)));
        assert_eq!(ordered[1..], offered[..5]);
        assert!(Turns::default().order(offered, 0).is_empty());
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut turns = Turns::default();
        for batch in 0..20_000 {
            turns.serve(&run("a", Some(batch), batch, Provider::OpenAi));
        }
        assert!(turns.batches.len() as u64 <= 2 * REMEMBERED, "{}", turns.batches.len());
    }
}
