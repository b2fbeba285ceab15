//! The gates before providers: refusals in Redis in front of the rows.

use std::sync::Arc;

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::retry::MAX_RETRY_AFTER_MS;

use super::link::RedisLink;
use super::pacing::Pacing;
use crate::{Admission, AdmissionRequest, CoordError, ProviderGate, ProviderGates, Settlement};

/// The gates by the rows, and a copy of their limits that refuses without them. Each call is paid for in both: while a limit is reached processes ask Redis,
/// and the row that all of them would hold is asked for calls that it will let through. What the row does not grant is given back, so that the copy is
/// never stricter for longer than a moment.
pub struct RedisGates {
    pacing: Pacing,
    rows: Arc<dyn ProviderGates>,
}

impl RedisGates {
    /// In front of these rows.
    #[must_use]
    pub fn new(link: RedisLink, rows: Arc<dyn ProviderGates>) -> Self {
        Self { pacing: Pacing(link), rows }
    }

    /// Takes back what the copy was paid for calls that were not granted, and `settled` again where the row was not told of it.
    async fn give_back(&self, request: &AdmissionRequest<'_>, unused: &[u64], settled: Settlement) {
        let signed = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
        let tokens = unused.iter().fold(0_u64, |sum, units| sum.saturating_add(*units));
        let back = Settlement {
            calls: settled.calls.saturating_add(signed(unused.len() as u64)).saturating_neg(),
            tokens: settled.tokens.saturating_add(signed(tokens)).saturating_neg(),
        };
        if back != Settlement::default() {
            self.pacing.admit(request.provider, &request.limits, back, &[]).await;
        }
    }
}

/// Whether the request tells the row anything beside what it wants.
fn tells(request: &AdmissionRequest<'_>) -> bool {
    request.settled != Settlement::default() || request.limits.max_concurrency.is_some()
}

#[async_trait]
impl ProviderGates for RedisGates {
    /// By the rows: an answer that a gate is open lets calls pass. What is closed there is closed in Redis, too, also after it was emptied.
    async fn read(&self) -> Result<Vec<ProviderGate>, CoordError> {
        let gates = self.rows.read().await?;
        for gate in &gates {
            let left_us = gate.blocked_until.0.saturating_sub(gate.now.0);
            if let Ok(left_us @ 1..) = u64::try_from(left_us) {
                self.pacing.block(gate.provider, left_us).await;
            }
        }
        Ok(gates)
    }

    async fn block(&self, provider: Provider, wait_ms: u64, reason: ErrorCode) -> Result<(), CoordError> {
        self.rows.block(provider, wait_ms, reason).await?;
        self.pacing.block(provider, wait_ms.min(MAX_RETRY_AFTER_MS).saturating_mul(1_000)).await;
        Ok(())
    }

    async fn admit(&self, request: &AdmissionRequest<'_>) -> Result<Admission, CoordError> {
        let limits = &request.limits;
        if limits.requests_per_minute.is_none() && limits.tokens_per_minute.is_none() {
            return self.rows.admit(request).await;
        }
        let paced = self.pacing.admit(request.provider, limits, request.settled, request.wanted);
        let Some(paced) = paced.await else { return self.rows.admit(request).await };
        if paced.admitted < request.wanted.len() {
            RedisLink::refused("admission", request.wanted.len() - paced.admitted);
            if paced.admitted == 0 && !tells(request) {
                return Ok(Admission { admitted: 0, delay: paced.delay });
            }
        }
        let wanted = request.wanted.get(..paced.admitted).unwrap_or(request.wanted);
        match self.rows.admit(&AdmissionRequest { wanted, ..*request }).await {
            Ok(granted) => {
                let unused = wanted.get(granted.admitted..).unwrap_or_default();
                self.give_back(request, unused, Settlement::default()).await;
                Ok(Admission { admitted: granted.admitted, delay: granted.delay.or(paced.delay) })
            }
            Err(error) => {
                self.give_back(request, wanted, request.settled).await;
                Err(error)
            }
        }
    }
}
