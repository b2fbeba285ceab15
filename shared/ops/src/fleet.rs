//! Who works, what waits, and how many workers would be useful (api.md, `GET /v1/fleet`).

use stet_coord::{Member, ProviderGate};
use stet_domain::clock::Timestamp;
use stet_domain::member::{Demand, Duty, workers_useful};
use stet_store::Backlog;

use crate::{Actor, OpError, Operation, Ops};

/// What waits for one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderBacklog {
    /// Counts over all orgs.
    pub backlog: Backlog,
    /// Until when the provider said to wait; `None` where its gate is open.
    pub blocked_until: Option<Timestamp>,
    /// How many slots its runs could fill by limits and pauses.
    pub useful_slots: u64,
}

/// The fleet of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fleet {
    /// The database's clock.
    pub now: Timestamp,
    /// Workers first, then schedulers, the longest serving first.
    pub members: Vec<Member>,
    /// By provider.
    pub backlog: Vec<ProviderBacklog>,
    /// How many workers of the size of those that live could be kept busy.
    pub workers_useful: u64,
}

impl Ops {
    /// The members, what waits by provider, and how many workers limits and pauses leave work for. Counts are over all orgs, and nothing of their content.
    ///
    /// # Errors
    /// [`OpError::Coordination`] where members or gates cannot be read; [`OpError::Store`].
    pub async fn get_fleet(&self, actor: &Actor) -> Result<Fleet, OpError> {
        actor.may(Operation::GetFleet)?;
        let failed = |error: stet_coord::CoordError| OpError::Coordination(error.into());
        let members = self.parts.members.members().await.map_err(failed)?;
        let gates = self.parts.gates.read().await.map_err(failed)?;
        let (now, backlog) = (self.store().now().await?, self.store().backlog().await?);
        let held_ms = slot_held_ms(&members);
        let demands: Vec<Demand> = backlog.iter().map(|of| self.demand(of, &gates, now)).collect();
        let backlog = backlog.into_iter().zip(&demands).map(|(backlog, demand)| ProviderBacklog {
            backlog,
            blocked_until: blocked_until(&gates, &backlog, now),
            useful_slots: demand.slots(held_ms),
        });
        Ok(Fleet {
            now,
            backlog: backlog.collect(),
            workers_useful: workers_useful(&demands, self.slots_each(&members), held_ms),
            members,
        })
    }

    /// Slots of living workers that were free when each told of itself last (every two seconds).
    ///
    /// # Errors
    /// [`OpError::Coordination`] where members cannot be read.
    pub async fn free_slots(&self) -> Result<u64, OpError> {
        let members =
            self.parts.members.members().await.map_err(|error| OpError::Coordination(error.into()))?;
        let free = |member: &Member| member.told.slots.saturating_sub(member.told.in_flight);
        Ok(living_workers(&members).map(free).fold(0, u64::saturating_add))
    }

    fn demand(&self, of: &Backlog, gates: &[ProviderGate], now: Timestamp) -> Demand {
        let limits = self.provider_limits(of.provider);
        Demand {
            running: of.running,
            room: of.room,
            blocked: blocked_until(gates, of, now).is_some(),
            max_concurrency: limits.max_concurrency,
            requests_per_minute: limits.requests_per_minute,
        }
    }

    /// The slots of a living worker on the average; of one by this process's own settings where none lives.
    fn slots_each(&self, members: &[Member]) -> u64 {
        let slots: Vec<u64> = living_workers(members).map(|member| member.told.slots).collect();
        let count = slots.len() as u64;
        slots
            .iter()
            .sum::<u64>()
            .checked_div(count)
            .unwrap_or_else(|| u64::from(self.parts.settings.worker_concurrency))
    }
}

fn living_workers(members: &[Member]) -> impl Iterator<Item = &Member> {
    members.iter().filter(|member| member.alive && member.told.duty == Duty::Worker)
}

/// How long a cell held its slot lately, on the average over the workers; `None` where none ended.
fn slot_held_ms(members: &[Member]) -> Option<u64> {
    let sums = living_workers(members)
        .map(|member| member.told.lately)
        .fold((0, 0), |(held, ended), lately| (held + lately.slots_held_ms, ended + lately.cells_ended));
    sums.0.checked_div(sums.1)
}

fn blocked_until(gates: &[ProviderGate], of: &Backlog, now: Timestamp) -> Option<Timestamp> {
    let gate = gates.iter().find(|gate| gate.provider == of.provider)?;
    (gate.blocked_until > now).then_some(gate.blocked_until)
}
