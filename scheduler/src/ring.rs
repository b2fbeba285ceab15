//! The window of hints: runs that are due and that nobody was told of are rung for (system.md, "A batch" 3; reliability.md rule 6).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_domain::Provider;
use stet_domain::bell::Bell;
use stet_domain::ids::{OrgId, RunId, TemplateId};
use stet_domain::metric::Metric;
use stet_domain::template::call_tokens;
use stet_ops::Ops;
use stet_ops::rows::{OfferedRun, Wanted};
use stet_ops::turns::{Contender, Turns};
use tokio::sync::Mutex;

use crate::duty::DutyError;
use crate::window::Window;

/// Templates whose size is remembered.
const SIZES_KEPT: usize = 4_096;
/// Nobody rings while so many hints wait: the fleet has more than it can take, or is not there.
const WAITING_MAX: u64 = 100;

/// Rings for what is due. What it remembers spares the queue repetitions and holds no work: a process that takes over rings once more for the same runs, and their
/// claims are fenced.
pub(crate) struct Ringer {
    bell: Arc<dyn Bell>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    window: Window,
    turns: Turns,
    /// Tokens that a call of a template may take: templates never change.
    sizes: HashMap<(OrgId, TemplateId), u64>,
}

impl Ringer {
    pub(crate) fn new(bell: Arc<dyn Bell>) -> Self {
        Self { bell, memory: Mutex::default() }
    }

    /// Rings for what is due. Where that is nothing, rings once more for what falls due within `until_next`, when it does.
    pub(crate) async fn round(&self, ops: &Ops, until_next: Duration) -> Result<(), DutyError> {
        let providers = open_providers(ops).await?;
        if self.ring_for_what_is_due(ops, providers.clone()).await? {
            return Ok(());
        }
        let Some(next) = ops.next_offer(&providers).await?.filter(|next| *next < until_next) else {
            return Ok(());
        };
        tokio::time::sleep(next).await;
        self.ring_for_what_is_due(ops, providers).await.map(drop)
    }

    /// Answers whether there is more to it than time: something is due, or as much was rung for as waits to be heard.
    async fn ring_for_what_is_due(&self, ops: &Ops, providers: Vec<Provider>) -> Result<bool, DutyError> {
        let waiting = self.bell.waiting().await?;
        #[expect(clippy::cast_precision_loss, reason = "the count stops short of a thousand or so")]
        metrics::gauge!(Metric::HintsWaiting.name()).set(waiting as f64);
        if waiting >= WAITING_MAX {
            return Ok(true);
        }
        let free_slots = ops.free_slots().await?;
        let mut memory = self.memory.lock().await;
        let limit = memory.turns.offer_for(Window::MOST);
        let offered = ops.offered_runs(&Wanted { providers, after: memory.turns.after(), limit }).await?;
        let something = !offered.is_empty();
        memory.learn(ops, &offered).await?;
        let due = memory.due(offered, free_slots);
        if due.is_empty() {
            return Ok(something);
        }
        let runs: Vec<(OrgId, RunId)> =
            due.iter().map(|contender| (contender.run.org.clone(), contender.run.id)).collect();
        self.bell.ring(&runs, None).await?;
        tracing::debug!(runs = runs.len(), waiting, "runs that are due were rung for");
        memory.remember(&due);
        Ok(true)
    }
}

impl Memory {
    /// What is to be rung for, in turn: what nobody was told of lately, as far as its provider's window goes. A provider that is slow to take its own keeps no other's back.
    fn due(&mut self, offered: Vec<OfferedRun>, free_slots: u64) -> Vec<Contender> {
        self.window.saw(&offered, Instant::now());
        self.turns.saw(&offered);
        let mut room: HashMap<Provider, u32> = Provider::ALL
            .iter()
            .map(|provider| (*provider, self.window.size(*provider, free_slots)))
            .collect();
        let mut take = |provider| {
            let room = room.entry(provider).or_default();
            let has_room = *room > 0;
            *room = room.saturating_sub(1);
            has_room
        };
        let mut contenders = Vec::new();
        for run in offered {
            if self.window.holds(&run) {
                take(run.provider);
            } else {
                let tokens = self.sizes.get(&(run.org.clone(), run.template)).copied().unwrap_or(0);
                contenders.push(Contender { run, tokens });
            }
        }
        let mut due = self.turns.order(contenders, usize::MAX);
        due.retain(|contender| take(contender.run.provider));
        due
    }

    /// Reads how large the calls of templates are that were not met before. One that cannot be read costs nothing: nothing is called for its runs.
    async fn learn(&mut self, ops: &Ops, offered: &[OfferedRun]) -> Result<(), DutyError> {
        if self.sizes.len() > SIZES_KEPT {
            self.sizes.clear();
        }
        for run in offered {
            let key = (run.org.clone(), run.template);
            if self.sizes.contains_key(&key) {
                continue;
            }
            let size = match ops.load_template(&run.org, run.template).await {
                Ok((row, template)) => call_tokens(&template, row.canonical.len()),
                Err(error) if error.is_transient() => return Err(error.into()),
                Err(_unusable) => 0,
            };
            self.sizes.insert(key, size);
        }
        Ok(())
    }

    fn remember(&mut self, due: &[Contender]) {
        for contender in due {
            self.turns.serve(contender);
        }
        self.window.rang(due.iter().map(|contender| &contender.run), Instant::now());
    }
}

/// The providers that nobody was told to wait for: what cannot be called is not rung for.
async fn open_providers(ops: &Ops) -> Result<Vec<Provider>, DutyError> {
    let gates = ops.gates().read().await?;
    let closed = |provider: &Provider| {
        gates.iter().any(|gate| gate.provider == *provider && gate.blocked_until > gate.now)
    };
    Ok(Provider::ALL.iter().filter(|provider| !closed(provider)).copied().collect())
}

#[cfg(test)]
mod tests {
    use stet_domain::ids::BatchId;
    use ulid::Ulid;

    use super::*;

    fn offered(org: &str, provider: Provider, count: u128) -> Vec<OfferedRun> {
        let run = |id| OfferedRun {
            org: org.parse().unwrap(),
            id: RunId(Ulid(id)),
            batch: Some(BatchId(Ulid(1))),
            template: TemplateId(Ulid(1)),
            provider,
        };
        (0..count).map(run).collect()
    }

    fn memory(sizes: &[(&str, u64)]) -> Memory {
        let size = |(org, size): &(&str, u64)| ((org.parse().unwrap(), TemplateId(Ulid(1))), *size);
        Memory { sizes: sizes.iter().map(size).collect(), ..Memory::default() }
    }

    fn count(due: &[Contender], org: &str) -> usize {
        due.iter().filter(|contender| contender.run.org.as_str() == org).count()
    }

    #[test]
    fn a_window_is_shared_by_tokens() {
        let mut memory = memory(&[("long", 9_000), ("short", 1_000)]);
        let all =
            [offered("long", Provider::OpenAi, 1_000), offered("short", Provider::OpenAi, 1_000)].concat();
        let due = memory.due(all, 1_000);
        assert_eq!((count(&due, "long"), count(&due, "short")), (100, 900));
    }

    #[test]
    fn what_was_rung_for_takes_room_until_it_is_claimed() {
        let mut memory = memory(&[("a", 1_000), ("b", 1_000)]);
        let first = offered("a", Provider::OpenAi, 900);
        let due = memory.due(first.clone(), 1_000);
        memory.remember(&due);
        let more = [first, offered("b", Provider::OpenAi, 900)].concat();
        assert_eq!(memory.due(more.clone(), 1_000).len(), 100, "900 of the window wait");
        // Those of another provider have a window of their own.
        let other = offered("b", Provider::Gemini, 5);
        assert_eq!(count(&memory.due([more[..900].to_vec(), other].concat(), 1_000), "b"), 5);
        // Once they are claimed they are not offered, and the room is there again.
        assert_eq!(memory.due(more[900..].to_vec(), 1_000).len(), 900);
    }

    #[test]
    fn whoever_comes_new_waits_behind_no_more_than_the_fleet_takes_up() {
        let mut memory = memory(&[("a", 1_000), ("b", 1_000)]);
        let waiting = offered("a", Provider::OpenAi, 1_000);
        let due = memory.due(waiting.clone(), 24);
        assert_eq!(due.len(), 24, "as many as there are free slots");
        memory.remember(&due);
        // None of them has come free, and nothing was taken: nothing more is rung for.
        assert_eq!(memory.due(waiting.clone(), 0).len(), 0);
        // Three were taken; of what follows half is the other's.
        let both = [waiting[3..].to_vec(), offered("b", Provider::OpenAi, 1_000)].concat();
        let due = memory.due(both, 27);
        assert_eq!((count(&due, "a"), count(&due, "b")), (3, 3));
    }
}
