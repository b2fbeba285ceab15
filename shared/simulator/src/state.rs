//! What the simulator knows while it runs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::counters::{CallNumber, Counters};
use crate::draw::Draw;
use crate::ledger::{Counts, Ledger, ReceivedCall};
use crate::provider::Provider;
use crate::scenario::{Endpoint, Moment, Scenario, Then};
use crate::server::Options;
use crate::tokens::Tokens;

/// Client request ids whose tries are counted; beyond that every call counts as a first try.
const TRIES_MAX: usize = 500_000;

/// Keeps the draws of latencies apart from all others.
const LATENCY: u64 = 0x1a7e;

pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) key: Option<String>,
    pub(crate) closing: watch::Receiver<bool>,
    start: Instant,
    epoch_us: AtomicU64,
    first_scenario: Arc<Scenario>,
    scenario: RwLock<Arc<Scenario>>,
    counts_tries: AtomicBool,
    counters: Counters,
    in_flight: AtomicU64,
    tries: Mutex<HashMap<Box<str>, u32>>,
    ledger: Mutex<Ledger>,
    tokens: Mutex<Tokens>,
}

/// What a handler tells of a call, so that the scenario can decide.
pub(crate) struct Facts<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) provider: Provider,
    pub(crate) number: CallNumber,
    pub(crate) model: &'a str,
    pub(crate) mode: &'static str,
    pub(crate) client_request_id: Option<&'a str>,
    pub(crate) traceparent: Option<&'a str>,
    pub(crate) says: &'a (dyn Fn(&str) -> bool + Sync),
    pub(crate) draw: &'a Draw,
}

/// Counts a call as in flight until it is dropped.
pub(crate) struct InFlight<'a>(&'a AtomicU64);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A lock whose holder panicked holds nothing that could be half done here.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(options: Options, closing: watch::Receiver<bool>) -> Self {
        let scenario = Arc::new(options.scenario);
        Self {
            seed: options.seed,
            key: options.key,
            closing,
            start: Instant::now(),
            epoch_us: AtomicU64::new(0),
            counts_tries: AtomicBool::new(counts_tries(&scenario)),
            first_scenario: Arc::clone(&scenario),
            scenario: RwLock::new(scenario),
            counters: Counters::default(),
            in_flight: AtomicU64::new(0),
            tries: Mutex::default(),
            ledger: Mutex::default(),
            tokens: Mutex::default(),
        }
    }

    pub(crate) fn now_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// The number of a call that was just received.
    pub(crate) fn receive(&self, endpoint: Endpoint, provider: Provider) -> CallNumber {
        self.counters.receive(endpoint, provider)
    }

    /// A new access token.
    pub(crate) fn issue_token(&self) -> Box<str> {
        held(&self.tokens).issue(self.seed, self.now_us())
    }

    /// Whether an access token is taken: one that was issued here and lives, the key of the options, and any other
    /// where neither the options nor the scenario are choosy.
    pub(crate) fn takes_token(&self, token: &str) -> bool {
        let grant = self.scenario().tokens;
        held(&self.tokens).accepts(token, self.now_us(), grant.live_ms)
            || !grant.only_issued && self.key.as_deref().is_none_or(|key| key == token)
    }

    pub(crate) fn enter(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(&self.in_flight)
    }

    pub(crate) fn scenario(&self) -> Arc<Scenario> {
        Arc::clone(&self.scenario.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_scenario(&self, scenario: Arc<Scenario>) {
        self.counts_tries.store(counts_tries(&scenario), Ordering::Relaxed);
        *self.scenario.write().unwrap_or_else(PoisonError::into_inner) = scenario;
    }

    /// Forgets all calls, numbers from 1 again and takes up the scenario of the start.
    pub(crate) fn reset(&self) {
        self.set_scenario(Arc::clone(&self.first_scenario));
        self.counters.reset();
        self.epoch_us.store(self.now_us(), Ordering::Relaxed);
        held(&self.tries).clear();
        held(&self.ledger).clear();
        held(&self.tokens).clear();
    }

    /// What the scenario does to a call: of each aspect, what the first matching rule sets.
    pub(crate) fn decide(&self, facts: &Facts<'_>) -> (Then, Duration) {
        let scenario = self.scenario();
        let attempt = self.attempt(facts.client_request_id);
        let moment = Moment {
            endpoint: facts.endpoint,
            provider: facts.provider,
            number: facts.number,
            elapsed_ms: self.now_us().saturating_sub(self.epoch_us.load(Ordering::Relaxed)) / 1000,
            attempt,
            model: facts.model,
            mode: facts.mode,
            client_request_id: facts.client_request_id.unwrap_or_default(),
            says: facts.says,
            draw: facts.draw,
        };
        let mut then = Then::default();
        for (index, rule) in scenario.rules.iter().enumerate() {
            if rule.when.matches(index, &moment) {
                then.or(&rule.then);
            }
        }
        let latency = then.latency.or(scenario.latency).map_or(Duration::ZERO, |latency| {
            let mut draw = facts.draw.fork(LATENCY + (u64::from(attempt) << 16));
            Duration::from_millis(draw.between(latency.min_ms, latency.max_ms))
        });
        (then, latency)
    }

    /// How often the client request id has been received by now; counted only where a rule asks.
    fn attempt(&self, client_request_id: Option<&str>) -> u32 {
        let Some(id) = client_request_id.filter(|_| self.counts_tries.load(Ordering::Relaxed)) else {
            return 1;
        };
        let mut tries = held(&self.tries);
        if let Some(count) = tries.get_mut(id) {
            *count = count.saturating_add(1);
            return *count;
        }
        if tries.len() < TRIES_MAX {
            tries.insert(id.into(), 1);
        }
        1
    }

    /// Remembers a call with what was decided for it.
    pub(crate) fn record(&self, facts: &Facts<'_>, received_us: u64, outcome: Box<str>) {
        held(&self.ledger).push(ReceivedCall {
            call: facts.number.of_endpoint,
            received_us,
            provider: facts.provider.as_str(),
            client_request_id: facts.client_request_id.map(Into::into),
            traceparent: facts.traceparent.map(Into::into),
            model: facts.model.into(),
            mode: facts.mode,
            outcome,
        });
    }

    pub(crate) fn calls(&self, after: u64, limit: usize) -> Vec<ReceivedCall> {
        held(&self.ledger).after(after, limit)
    }

    pub(crate) fn counts(&self) -> Counts {
        let counts = held(&self.ledger).counts();
        Counts {
            now_us: self.now_us(),
            received: self.counters.received(Endpoint::Responses),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            listings: self.counters.received(Endpoint::Models),
            tokens: self.counters.received(Endpoint::Token),
            ..counts
        }
    }
}

fn counts_tries(scenario: &Scenario) -> bool {
    scenario.rules.iter().any(|rule| rule.when.counts_tries())
}
