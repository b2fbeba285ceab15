//! Limits in Redis: the arithmetic of a pace, in a script on the server's clock.

use std::sync::LazyLock;

use redis::Script;
use stet_domain::Provider;
use stet_domain::provider_limits::{ProviderGateKind, ProviderLimits};

use super::link::RedisLink;
use crate::{Delay, Pace, Settlement};

/// Calls that one script looks at, at most (reliability.md rule 13).
const WANTED_MAX: usize = 500;

/// Beyond it a number is not whole in Lua together with a clock; a cost of thirty years is an age all the same.
const COST_MAX_US: i64 = 1_000_000_000_000_000;

static ADMIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/admit.lua")));
static BLOCK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/block.lua")));

/// What the script says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paced {
    pub(super) admitted: usize,
    pub(super) delay: Option<Delay>,
    /// The server's clock.
    pub(super) now_us: i64,
}

/// The limits of providers.
#[derive(Debug, Clone)]
pub(super) struct Pacing(pub(super) RedisLink);

impl Pacing {
    /// Closes a gate for so long; the longest wait told stands.
    pub(super) async fn block(&self, provider: Provider, wait_us: u64) {
        let mut block = BLOCK.key(self.0.key("gate", provider));
        block.arg(wait_us);
        let _closed: Option<u64> = self
            .0
            .ask("block_gate", |mut connection| async move { block.invoke_async(&mut connection).await })
            .await;
    }

    /// How many of the wanted calls the limits let through, paid for; `None` where Redis does not say.
    pub(super) async fn admit(
        &self,
        provider: Provider,
        limits: &ProviderLimits,
        settled: Settlement,
        wanted: &[u64],
    ) -> Option<Paced> {
        let requests = limits.requests_per_minute.map(Pace::requests);
        let tokens = limits.tokens_per_minute.map(Pace::tokens);
        let mut admit = ADMIT.key(self.0.key("gate", provider));
        admit.key(self.0.key("requests", provider)).key(self.0.key("tokens", provider));
        admit.arg(burst(requests)).arg(cost(requests, 1)).arg(owed(requests, settled.calls));
        admit.arg(burst(tokens)).arg(owed(tokens, settled.tokens));
        for units in wanted.iter().take(WANTED_MAX) {
            admit.arg(cost(tokens, *units));
        }
        let (admitted, held, wait_us, now_us): (usize, u8, u64, i64) = self
            .0
            .ask("admit", |mut connection| async move { admit.invoke_async(&mut connection).await })
            .await?;
        let gate = match held {
            1 => Some(ProviderGateKind::Blocked),
            2 => Some(ProviderGateKind::Requests),
            3 => Some(ProviderGateKind::Tokens),
            _ => None,
        };
        let delay = gate.map(|gate| Delay { gate, wait_us: Some(wait_us) });
        Some(Paced { admitted, delay, now_us })
    }
}

/// A limit that is not set has none.
fn burst(pace: Option<Pace>) -> i64 {
    pace.map_or(-1, Pace::burst_us)
}

fn cost(pace: Option<Pace>, units: u64) -> i64 {
    pace.map_or(0, |pace| pace.cost_us(units).min(COST_MAX_US))
}

fn owed(pace: Option<Pace>, units: i64) -> i64 {
    cost(pace, units.unsigned_abs()) * units.signum()
}
