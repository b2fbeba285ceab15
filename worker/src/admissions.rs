//! Leave to call a provider: what this process knows of the gates that all processes share (reliability.md rule 8).

mod lane;
mod ticket;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use stet_coord::{Admission, AdmissionRequest, CoordError, ProviderGate};
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::retry::MAX_RETRY_AFTER_MS;
use stet_ops::Ops;
use tokio_util::sync::CancellationToken;

use crate::meter;
use lane::Lane;
pub(crate) use ticket::{Spent, Ticket};

/// How long a look at the gates is good for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often slots and settlements that nobody asked about are told.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// A gate that is told to close by less than this later than it closes already is left as it is: of many calls that fail together one writes.
const CLOSE_ENOUGH: Duration = Duration::from_millis(50);
/// The wait after the gates could not be asked.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// The gates as this process knows them; cheap to clone.
#[derive(Clone)]
pub(crate) struct Admissions(Arc<Shared>);

struct Shared {
    ops: Ops,
    holder: String,
    lease: Duration,
    lanes: Mutex<BTreeMap<Provider, Lane>>,
    looked_at: Mutex<Option<Instant>>,
    /// One ask at a time: what is in use is told with it, and must not be overtaken.
    asking: tokio::sync::Mutex<()>,
}

impl Admissions {
    pub(crate) fn new(ops: Ops, holder: String, lease: Duration) -> Self {
        Self(Arc::new(Shared {
            ops,
            holder,
            lease,
            lanes: Mutex::default(),
            looked_at: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }))
    }

    /// The providers that may be called as far as is known, after at most one look at the gates in a while. Where they cannot be looked at, what is known
    /// holds: a call too early is told off by the provider again.
    pub(crate) async fn open(&self) -> Vec<Provider> {
        let stale = lock(&self.0.looked_at).is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        if stale {
            match self.0.ops.gates().read().await {
                Ok(gates) => self.learn(&gates),
                Err(error) => tracing::warn!(%error, "the provider gates could not be looked at"),
            }
            *lock(&self.0.looked_at) = Some(Instant::now());
        }
        let now = Instant::now();
        let lanes = self.0.lanes();
        let is_open =
            |provider: &&Provider| lanes.get(*provider).is_none_or(|lane| lane.opens_in(now).is_none());
        Provider::ALL.iter().filter(is_open).copied().collect()
    }

    /// How long until the first closed provider opens; `None` where none is closed.
    pub(crate) fn opens_in(&self) -> Option<Duration> {
        let now = Instant::now();
        self.0.lanes().values().filter_map(|lane| lane.opens_in(now)).min()
    }

    /// How long the provider still wants all to wait; `None` where it does not.
    pub(crate) fn blocked_for(&self, provider: Provider) -> Option<Duration> {
        self.0.lanes().get(&provider).and_then(|lane| lane.blocked_for(Instant::now()))
    }

    /// Closes the provider's gate, in this process at once, and for every other.
    pub(crate) async fn block(&self, provider: Provider, wait_ms: u64, reason: ErrorCode) {
        let wait = Duration::from_millis(wait_ms.min(MAX_RETRY_AFTER_MS));
        let until = Instant::now() + wait;
        {
            let mut lanes = self.0.lanes();
            let lane = lanes.entry(provider).or_default();
            let known = lane.blocked_until;
            lane.blocked_until = known.max(Some(until));
            if known.is_some_and(|known| until <= known + CLOSE_ENOUGH) {
                return;
            }
        }
        meter::provider_blocked(provider, wait);
        tracing::info!(%provider, wait_ms, %reason, "the provider told all to wait");
        if let Err(error) = self.0.ops.gates().block(provider, wait_ms, reason).await {
            tracing::warn!(%provider, %error, "the provider's gate could not be closed for other processes");
        }
    }

    /// Leave for as many of the wanted calls as gates and limits allow, the first so many; each is told by the tokens that it may take. A provider without
    /// limits is not asked about.
    pub(crate) async fn admit(&self, provider: Provider, wanted: &[u64]) -> Vec<Ticket> {
        if self.blocked_for(provider).is_some() {
            return Vec::new();
        }
        let limits = self.0.ops.provider_limits(provider);
        if limits.is_unlimited() {
            return wanted.iter().map(|_| Ticket::free()).collect();
        }
        let admission = match self.ask(provider, wanted).await {
            Ok(admission) => admission,
            Err(error) => {
                tracing::warn!(%provider, %error, "the provider's gates could not be asked, trying again");
                self.0.lanes().entry(provider).or_default().close(AFTER_FAILURE);
                return Vec::new();
            }
        };
        if let Some(delay) = admission.delay {
            meter::admissions_delayed(provider, delay.gate, wanted.len().saturating_sub(admission.admitted));
        }
        wanted
            .iter()
            .take(admission.admitted)
            .map(|tokens| Ticket::new(self.clone(), provider, *tokens))
            .collect()
    }

    /// Whether the provider limits tokens.
    pub(crate) fn counts_tokens(&self, provider: Provider) -> bool {
        self.0.ops.provider_limits(provider).tokens_per_minute.is_some()
    }

    /// Asks the gates, with all that is to be told beside.
    async fn ask(&self, provider: Provider, wanted: &[u64]) -> Result<Admission, CoordError> {
        let _turn = self.0.asking.lock().await;
        let (in_use, settled) = {
            let mut lanes = self.0.lanes();
            let lane = lanes.entry(provider).or_default();
            (lane.in_use, std::mem::take(&mut lane.owed))
        };
        let request = AdmissionRequest {
            provider,
            limits: self.0.ops.provider_limits(provider),
            holder: &self.0.holder,
            lease_ms: u64::try_from(self.0.lease.as_millis()).unwrap_or(u64::MAX),
            in_use,
            wanted,
            settled,
        };
        let answer = self.0.ops.gates().admit(&request).await;
        let mut lanes = self.0.lanes();
        let lane = lanes.entry(provider).or_default();
        match &answer {
            Ok(admission) => lane.admitted(in_use, admission),
            Err(_) => lane.owe(settled.calls, settled.tokens),
        }
        answer
    }

    /// What the rows say, by the time that is left.
    fn learn(&self, gates: &[ProviderGate]) {
        let now = Instant::now();
        let mut lanes = self.0.lanes();
        for gate in gates {
            let left_us = u64::try_from(gate.blocked_until.0.saturating_sub(gate.now.0)).unwrap_or(0);
            let left = Duration::from_micros(left_us);
            let lane = lanes.entry(gate.provider).or_default();
            // What this process was told itself may not be written yet.
            lane.blocked_until = lane.blocked_until.max((left_us > 0).then(|| now + left));
            meter::provider_blocked(gate.provider, lane.blocked_for(now).unwrap_or_default());
        }
    }

    /// Tells slots and settlements that no ask took along, until `stop`; then gives every slot back.
    pub(crate) async fn keep(self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(TELL_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                _ = tick.tick() => {}
            }
            for provider in self.untold() {
                if let Err(error) = self.ask(provider, &[]).await {
                    tracing::warn!(%provider, %error, "calls under way could not be told to the provider's gate");
                }
            }
        }
    }

    /// Providers with news: nothing is asked for one without limits, nor for one that rests.
    fn untold(&self) -> Vec<Provider> {
        let renew = self.0.lease / 4;
        let lanes = self.0.lanes();
        lanes.iter().filter(|(_, lane)| lane.has_news(renew)).map(|(provider, _)| *provider).collect()
    }

    /// A call has ended, or never began.
    fn end(&self, provider: Provider) {
        self.0.lanes().entry(provider).or_default().end();
    }

    /// What a call used beyond what was admitted for it.
    fn owe(&self, provider: Provider, calls: i64, tokens: i64) {
        self.0.lanes().entry(provider).or_default().owe(calls, tokens);
    }
}

impl Shared {
    fn lanes(&self) -> MutexGuard<'_, BTreeMap<Provider, Lane>> {
        lock(&self.lanes)
    }
}

/// A panic elsewhere cannot leave these half-written: every change under the lock is arithmetic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
