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

    /// How many of the wanted calls the limits let through, paid for; `None` where Redis does not say, or so many are wanted that it is not asked.
    pub(super) async fn admit(
        &self,
        provider: Provider,
        limits: &ProviderLimits,
        settled: Settlement,
        wanted: &[u64],
    ) -> Option<Paced> {
        if wanted.len() > WANTED_MAX {
            return None;
        }
        let requests = limits.requests_per_minute.map(Pace::requests);
        let tokens = limits.tokens_per_minute.map(Pace::tokens);
        let mut admit = ADMIT.key(self.0.key("gate", provider));
        admit.key(self.0.key("requests", provider)).key(self.0.key("tokens", provider));
        admit.arg(burst(requests)).arg(cost(requests, 1)).arg(owed(requests, settled.calls));
        admit.arg(burst(tokens)).arg(owed(tokens, settled.tokens));
        for units in wanted {
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

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::AdmissionRequest;
    use crate::admission::HeldGate;

    /// Amounts that hit both limits, neither, and more than a burst; numbers of a fixed sequence (Knuth's MMIX generator).
    fn draw(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 33
    }

    #[tokio::test]
    async fn the_script_admits_what_the_arithmetic_does() {
        let url = SecretString::from(stet_testkit::redis_url());
        let link = RedisLink::open(&url, &format!("pacing-{}", std::process::id())).await.unwrap();
        let pacing = Pacing(link);
        let (provider, mut state) = (Provider::OpenAi, 7);
        let (mut refused, mut admitted) = (0, 0);
        for round in 0_u64..300 {
            // Each ten rounds other limits, over what is owed by then; the kind of a limit stays, for what one lets pass the other has to know.
            let limits = ProviderLimits {
                requests_per_minute: Some(20_000 + 30_000 * (round / 10 % 7)),
                tokens_per_minute: Some(6_000_000 + 12_000_000 * (round / 10 % 5)),
                ..ProviderLimits::NONE
            };
            let wanted: Vec<u64> = (0..draw(&mut state) % 12).map(|_| draw(&mut state) % 9_000).collect();
            let signed = |drawn: u64| i64::try_from(drawn).unwrap();
            let settled = match round % 4 {
                0 => Settlement {
                    calls: signed(draw(&mut state) % 3),
                    tokens: -signed(draw(&mut state) % 9_000),
                },
                1 => Settlement { calls: 0, tokens: signed(draw(&mut state) % 4_000) },
                _ => Settlement::default(),
            };
            let stood = standing(&pacing, provider).await;
            let paced = pacing.admit(provider, &limits, settled, &wanted).await.unwrap();
            let request = AdmissionRequest {
                provider,
                limits,
                holder: "one",
                lease_ms: 1,
                in_use: 0,
                wanted: &wanted,
                settled,
            };
            let gate = HeldGate {
                now_us: paced.now_us,
                blocked_until_us: 0,
                requests_until_us: stood.0,
                tokens_until_us: stood.1,
                others: 0,
            };
            let decided = request.decide(&gate);
            let expected = (decided.admission.admitted, decided.admission.delay);
            assert_eq!((paced.admitted, paced.delay), expected, "round {round}: {gate:?} {request:?}");
            let owed = |until: i64| (until - paced.now_us).max(0);
            let stands = standing(&pacing, provider).await;
            assert_eq!(
                (owed(stands.0), owed(stands.1)),
                (owed(decided.requests_until_us), owed(decided.tokens_until_us)),
                "round {round}"
            );
            admitted += paced.admitted;
            refused += wanted.len() - paced.admitted;
        }
        assert!(admitted > 100 && refused > 100, "{admitted} admitted, {refused} refused");
    }

    /// The arrival times of calls and tokens.
    async fn standing(pacing: &Pacing, provider: Provider) -> (i64, i64) {
        let keys = [pacing.0.key("requests", provider), pacing.0.key("tokens", provider)];
        let read = |mut connection| async move {
            let mut get = redis::cmd("MGET");
            get.arg(&keys);
            let read: (Option<i64>, Option<i64>) = get.query_async(&mut connection).await?;
            Ok(read)
        };
        let (requests, tokens) = pacing.0.ask("read", read).await.unwrap();
        (requests.unwrap_or(0), tokens.unwrap_or(0))
    }
}
