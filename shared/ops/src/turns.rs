//! Whose turn it is: who has had least goes first, over orgs and within an org over its batches (docs/decisions/0019-queue.md).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use stet_domain::ids::{BatchId, OrgId};
use stet_domain::shares::{REMEMBERED_MAX, Shares};
use stet_store::OfferedRun;

/// Orgs whose batches are remembered, at most: twice as many as are remembered themselves, so that forgetting is seldom.
const ORGS_MAX: usize = 2 * REMEMBERED_MAX;

/// An offered run and what its call costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contender {
    /// The run.
    pub run: OfferedRun,
    /// Tokens that its call may take.
    pub tokens: u64,
}

/// The order in which what is offered is served, by the tokens that each org and each of its batches had. A look at the rows begins its turns anew, and slots come
/// free one by one: without a memory the org whose name sorts first would have every one of them.
#[derive(Debug, Default)]
pub struct Turns {
    orgs: Shares<OrgId>,
    batches: HashMap<OrgId, Shares<BatchId>>,
    /// Where the first turn of the last look ended: of more orgs than one look is at, the next is at those behind.
    after: Option<OrgId>,
    /// Whether the last look offered runs of several orgs or batches.
    contended: bool,
}

/// What one org has on offer.
struct Offers {
    singles: VecDeque<Contender>,
    batches: BTreeMap<BatchId, VecDeque<Contender>>,
    /// Its batches by where their turns start.
    turns: BTreeSet<(u64, BatchId)>,
    /// The tokens that its batches had, as far as this order goes.
    shares: Shares<BatchId>,
}

impl Offers {
    fn of(shares: Shares<BatchId>) -> Self {
        Self { singles: VecDeque::new(), batches: BTreeMap::new(), turns: BTreeSet::new(), shares }
    }

    fn add(&mut self, contender: Contender) {
        let Some(batch) = contender.run.batch else { return self.singles.push_back(contender) };
        self.batches.entry(batch).or_default().push_back(contender);
        self.turns.insert((self.shares.start(&batch), batch));
    }

    /// Single runs first, for a person waits for them; then the batch that had least.
    fn next(&mut self) -> Option<Contender> {
        if let Some(single) = self.singles.pop_front() {
            return Some(single);
        }
        let (_, batch) = self.turns.pop_first()?;
        let waiting = self.batches.get_mut(&batch)?;
        let contender = waiting.pop_front()?;
        self.shares.serve(&batch, contender.tokens);
        if !waiting.is_empty() {
            self.turns.insert((self.shares.start(&batch), batch));
        }
        Some(contender)
    }

    fn is_empty(&self) -> bool {
        self.singles.is_empty() && self.turns.is_empty()
    }
}

impl Turns {
    /// Behind whom the next look begins.
    #[must_use]
    pub fn after(&self) -> Option<OrgId> {
        self.after.clone()
    }

    /// Takes in what a look offered: an offer counts runs, and turns count tokens.
    pub fn saw(&mut self, offered: &[OfferedRun]) {
        let mut seen = HashSet::new();
        let first_turn = offered.iter().take_while(|run| seen.insert(&run.org));
        self.after = first_turn.last().map(|run| run.org.clone());
        let mut claimants = offered.iter().map(|run| (&run.org, run.batch));
        let first = claimants.next();
        self.contended = claimants.any(|claimant| Some(claimant) != first);
    }

    /// Of how many runs the next look needs an offer, where so many can be served: of twice as many where several claimants contend. Offers are in turn by runs, so that
    /// the one with the smallest calls finds enough of them in it.
    #[must_use]
    pub fn offer_for(&self, served: u32) -> u32 {
        if self.contended { served.saturating_mul(2) } else { served }
    }

    /// The offered runs in turn, at most `most`. All that is offered may be taken: a slot is not kept free for an org that was offered too little.
    #[must_use]
    pub fn order(&self, offered: Vec<Contender>, most: usize) -> Vec<Contender> {
        let mut offers: BTreeMap<OrgId, Offers> = BTreeMap::new();
        for contender in offered {
            let org = &contender.run.org;
            if !offers.contains_key(org) {
                let shares = self.batches.get(org).cloned().unwrap_or_default();
                offers.insert(org.clone(), Offers::of(shares));
            }
            if let Some(offers) = offers.get_mut(&contender.run.org) {
                offers.add(contender);
            }
        }
        let mut orgs = self.orgs.clone();
        let mut turns: BTreeSet<(u64, OrgId)> =
            offers.keys().map(|org| (orgs.start(org), org.clone())).collect();
        let mut ordered = Vec::new();
        while ordered.len() < most {
            let Some((_, org)) = turns.pop_first() else { break };
            let Some(offers) = offers.get_mut(&org) else { break };
            let Some(contender) = offers.next() else { continue };
            orgs.serve(&org, contender.tokens);
            ordered.push(contender);
            if !offers.is_empty() {
                turns.insert((orgs.start(&org), org));
            }
        }
        ordered
    }

    /// Remembers that this run was served.
    pub fn serve(&mut self, served: &Contender) {
        let org = &served.run.org;
        self.orgs.serve(org, served.tokens);
        if let Some(batch) = served.run.batch {
            self.batches.entry(org.clone()).or_default().serve(&batch, served.tokens);
        }
        if self.batches.len() > ORGS_MAX {
            let orgs = &self.orgs;
            self.batches.retain(|org, _| orgs.remembers(org));
        }
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::Provider;
    use stet_domain::ids::{RunId, TemplateId};
    use ulid::Ulid;

    use super::*;

    /// What most calls of the tests cost.
    const TOKENS: u64 = 1_000;

    fn run(org: &str, batch: Option<u128>, id: u128, tokens: u64) -> Contender {
        let run = OfferedRun {
            org: org.parse().unwrap(),
            id: RunId(Ulid(id)),
            batch: batch.map(|batch| BatchId(Ulid(batch))),
            template: TemplateId(Ulid(1)),
            provider: Provider::OpenAi,
        };
        Contender { run, tokens }
    }

    fn of_batch_at(tokens: u64, org: &str, batch: u128, count: u128) -> Vec<Contender> {
        (0..count).map(|id| run(org, Some(batch), batch * 1_000 + id, tokens)).collect()
    }

    fn of_batch(org: &str, batch: u128, count: u128) -> Vec<Contender> {
        of_batch_at(TOKENS, org, batch, count)
    }

    /// Who is served when so many slots come free at once, again and again.
    fn serve(offered: &[Contender], slots: usize, looks: usize) -> Vec<Contender> {
        let mut turns = Turns::default();
        let mut served = Vec::new();
        for _ in 0..looks {
            for contender in turns.order(offered.to_vec(), slots) {
                turns.serve(&contender);
                served.push(contender);
            }
        }
        served
    }

    fn count(served: &[Contender], org: &str) -> usize {
        served.iter().filter(|served| served.run.org.as_str() == org).count()
    }

    fn of(served: &[Contender], batch: u128) -> usize {
        served.iter().filter(|served| served.run.batch == Some(BatchId(Ulid(batch)))).count()
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
    fn who_asks_for_longer_answers_has_fewer_of_them() {
        let offered =
            [of_batch_at(8_000, "a", 1, 50), of_batch("b", 2, 50), of_batch_at(2_000, "b", 3, 50)].concat();
        for slots in [1, 3, 40] {
            let served = serve(&offered, slots, 1_200 / slots);
            let tokens = |org: &str| -> u64 {
                let of_org = served.iter().filter(|served| served.run.org.as_str() == org);
                of_org.map(|served| served.tokens).sum()
            };
            assert!(tokens("a").abs_diff(tokens("b")) <= 16_000, "{slots}: {} {}", tokens("a"), tokens("b"));
            assert!(
                of(&served, 2).abs_diff(2 * of(&served, 3)) <= 4,
                "{slots}: batches share what their org has"
            );
        }
    }

    #[test]
    fn an_org_with_many_batches_has_one_turn_and_they_share_it() {
        let many = (1..=100).flat_map(|batch| of_batch("a", batch, 3));
        let offered: Vec<_> = many.chain(of_batch("b", 200, 300)).collect();
        let served = serve(&offered, 1, 400);
        assert_eq!((count(&served, "a"), count(&served, "b")), (200, 200));
        for batch in 1..=100 {
            assert_eq!(of(&served, batch), 2, "{batch}");
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
        offered.push(run("a", None, 9, TOKENS));
        let ordered = Turns::default().order(offered.clone(), 100);
        assert_eq!(ordered[0].run.id, RunId(Ulid(9)));
        assert_eq!(ordered[1..], offered[..5]);
        assert!(Turns::default().order(offered, 0).is_empty());
    }

    #[test]
    fn the_memory_of_orgs_is_bounded() {
        let mut turns = Turns::default();
        for org in 0..40_000 {
            turns.serve(&run(&format!("org-{org}"), Some(1), 1, TOKENS));
        }
        assert!(turns.batches.len() <= ORGS_MAX, "{}", turns.batches.len());
    }
}
