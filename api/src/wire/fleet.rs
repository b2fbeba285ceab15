//! Who works, and what waits.

use serde::{Deserialize, Serialize};
use stet_domain::clock::Timestamp;
use stet_ops::{Member, ProviderBacklog};
use utoipa::ToSchema;

/// The fleet of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fleet {
    /// The moment, by the database's clock.
    #[schema(format = DateTime)]
    pub now: String,
    /// Workers first, then schedulers, the longest serving first. Who left in order is not among them, who was lost more than an hour ago neither.
    pub members: Vec<FleetMember>,
    /// Slots of the workers that are alive.
    pub slots: u64,
    /// Cells that they have in flight, by what each told last.
    pub in_flight: u64,
    /// Cells a second whose ends they wrote, over the last minute.
    pub cells_per_second: f64,
    /// What waits.
    pub queue: FleetQueue,
    /// How many workers of the size of those that are alive limits and pauses leave work for; where none is alive, of the size that this server's
    /// settings name.
    pub workers_useful: u64,
}

/// A process of the fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FleetMember {
    /// Host, process and start.
    pub incarnation: String,
    /// `worker` or `scheduler`.
    pub duty: String,
    /// The build that it is of.
    pub build: String,
    /// `alive`, or `lost` where it was not heard of for 15 s.
    pub state: String,
    /// Cells that it may have in flight.
    pub slots: u64,
    /// Cells that it had in flight when it told last.
    pub in_flight: u64,
    /// Cells a second whose ends it wrote, over its last minute.
    pub cells_per_second: f64,
    /// How long such a cell held its slot, on the average; `null` where none ended.
    pub slot_held_ms: Option<u64>,
    /// When it began.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it told last.
    #[schema(format = DateTime)]
    pub last_tick_at: String,
    /// How long ago that was.
    pub last_tick_ms: u64,
}

/// What waits, in running batches and as single runs, over all orgs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FleetQueue {
    /// Runs that have not begun, due or not.
    pub depth: u64,
    /// Runs under a lease.
    pub running: u64,
    /// For how long the first of those that are due waits; `null` where none is due.
    pub oldest_age_ms: Option<u64>,
    /// The same by provider.
    pub providers: Vec<FleetProvider>,
}

/// What waits for one provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FleetProvider {
    /// The provider.
    pub provider: String,
    /// Runs that have not begun.
    pub depth: u64,
    /// Runs under a lease.
    pub running: u64,
    /// For how long the first of those that are due waits; `null` where none is due.
    pub oldest_age_ms: Option<u64>,
    /// Until when the provider said to wait; `null` where its gate is open.
    #[schema(format = DateTime)]
    pub blocked_until: Option<String>,
    /// How many slots its runs could fill by the bounds of their batches, the limits of the account, and its gate.
    pub useful_slots: u64,
}

impl From<stet_ops::Fleet> for Fleet {
    fn from(fleet: stet_ops::Fleet) -> Self {
        let now = fleet.now;
        let members: Vec<FleetMember> =
            fleet.members.into_iter().map(|member| FleetMember::seen(member, now)).collect();
        let alive = || members.iter().filter(|member| member.state == ALIVE);
        let providers: Vec<FleetProvider> =
            fleet.backlog.into_iter().map(|of| FleetProvider::waiting(of, now)).collect();
        Self {
            now: now.to_string(),
            slots: alive().map(|member| member.slots).sum(),
            in_flight: alive().map(|member| member.in_flight).sum(),
            cells_per_second: alive().map(|member| member.cells_per_second).sum(),
            queue: FleetQueue {
                depth: providers.iter().map(|of| of.depth).sum(),
                running: providers.iter().map(|of| of.running).sum(),
                oldest_age_ms: providers.iter().filter_map(|of| of.oldest_age_ms).max(),
                providers,
            },
            workers_useful: fleet.workers_useful,
            members,
        }
    }
}

const ALIVE: &str = "alive";

impl FleetMember {
    fn seen(member: Member, now: Timestamp) -> Self {
        let lately = member.told.lately;
        Self {
            duty: member.told.duty.to_string(),
            state: if member.alive { ALIVE } else { "lost" }.to_owned(),
            slots: member.told.slots,
            in_flight: member.told.in_flight,
            cells_per_second: a_second(lately.cells_ended, lately.window_ms),
            slot_held_ms: lately.slots_held_ms.checked_div(lately.cells_ended),
            started_at: member.started_at.to_string(),
            last_tick_at: member.seen_at.to_string(),
            last_tick_ms: age_ms(member.seen_at, now),
            incarnation: member.told.incarnation,
            build: member.told.build,
        }
    }
}

impl FleetProvider {
    fn waiting(of: ProviderBacklog, now: Timestamp) -> Self {
        Self {
            provider: of.backlog.provider.to_string(),
            depth: of.backlog.waiting,
            running: of.backlog.running,
            oldest_age_ms: of.backlog.oldest_due.map(|since| age_ms(since, now)),
            blocked_until: of.blocked_until.map(|until| until.to_string()),
            useful_slots: of.useful_slots,
        }
    }
}

/// To a tenth, which is as fine as a person reads.
#[expect(clippy::cast_precision_loss, reason = "a rate for people: counts of a minute, far below 2^52")]
fn a_second(count: u64, window_ms: u64) -> f64 {
    if window_ms == 0 { 0.0 } else { (count as f64 * 10_000.0 / window_ms as f64).round() / 10.0 }
}

fn age_ms(since: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.0.saturating_sub(since.0) / 1_000).unwrap_or(0)
}
