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

    /// Takes back what the copy was paid for the calls that were not granted.
    async fn give_back(&self, request: &AdmissionRequest<'_>, unused: &[u64]) {
        if unused.is_empty() {
            return;
        }
        let signed = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
        let tokens = unused.iter().fold(0_u64, |sum, units| sum.saturating_add(*units));
        let settled = Settlement { calls: -signed(unused.len() as u64), tokens: -signed(tokens) };
        self.pacing.admit(request.provider, &request.limits, settled, &[]).await;
    }
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
        let paced = self.pacing.admit(request.provider, &request.limits, request.settled, request.wanted);
        let Some(paced) = paced.await else { return self.rows.admit(request).await };
        let refused = Admission { admitted: 0, delay: paced.delay };
        let nothing_to_tell =
            request.settled == Settlement::default() && request.limits.max_concurrency.is_none();
        if paced.admitted < request.wanted.len() {
            RedisLink::refused("admission", request.wanted.len() - paced.admitted);
            if paced.admitted == 0 && nothing_to_tell {
                return Ok(refused);
            }
        }
        let wanted = &request.wanted[..paced.admitted.min(request.wanted.len())];
        let granted = self.rows.admit(&AdmissionRequest { wanted, ..*request }).await;
        let used = granted.as_ref().map_or(0, |granted| granted.admitted);
        self.give_back(request, wanted.get(used..).unwrap_or_default()).await;
        let granted = granted?;
        Ok(Admission { admitted: granted.admitted, delay: granted.delay.or(paced.delay) })
    }
}
