//! The gates before providers as rows. Whoever changes one holds the provider's row, so that two never admit past each other.

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::retry::MAX_RETRY_AFTER_MS;

use super::{Db, Engine, failed, micros, queries};
use crate::admission::HeldGate;
use crate::{Admission, AdmissionRequest, CoordError, ProviderGate, ProviderGates};

type Row = (String, i64, i64, Option<String>, i64, i64, i64);
type Tx = sqlx::Transaction<'static, Db>;

#[async_trait]
impl ProviderGates for Engine {
    async fn read(&self) -> Result<Vec<ProviderGate>, CoordError> {
        let what = "reading the provider gates";
        let mut tx = self.begin(what).await?;
        let rows: Vec<Row> = sqlx::query_as(queries::READ_GATES)
            .persistent(self.named_statements)
            .fetch_all(&mut *tx)
            .await
            .map_err(|error| failed(what, error))?;
        tx.commit().await.map_err(|error| failed(what, error))?;
        rows.into_iter().map(read_gate).collect()
    }

    async fn block(&self, provider: Provider, wait_ms: u64, reason: ErrorCode) -> Result<(), CoordError> {
        let what = "closing a provider gate";
        let mut tx = self.begin(what).await?;
        sqlx::query(queries::BLOCK_GATE)
            .persistent(self.named_statements)
            .bind(provider.as_str())
            .bind(micros(wait_ms.min(MAX_RETRY_AFTER_MS)))
            .bind(reason.as_str())
            .execute(&mut *tx)
            .await
            .map_err(|error| failed(what, error))?;
        tx.commit().await.map_err(|error| failed(what, error))
    }

    async fn admit(&self, request: &AdmissionRequest<'_>) -> Result<Admission, CoordError> {
        let what = "asking a provider gate";
        let mut tx = self.begin(what).await?;
        let gate = self.hold(&mut tx, request).await.map_err(|error| failed(what, error))?;
        let decided = request.decide(&gate);
        let (requests, tokens) = (decided.requests_until_us, decided.tokens_until_us);
        if (requests, tokens) != (gate.requests_until_us, gate.tokens_until_us) {
            sqlx::query(queries::ADVANCE_GATE)
                .persistent(self.named_statements)
                .bind(request.provider.as_str())
                .bind(requests)
                .bind(tokens)
                .execute(&mut *tx)
                .await
                .map_err(|error| failed(what, error))?;
        }
        if request.limits.max_concurrency.is_some() {
            let slots = request.in_use.saturating_add(decided.admission.admitted as u64);
            self.keep_slots(&mut tx, request, slots, gate.now_us)
                .await
                .map_err(|error| failed(what, error))?;
        }
        tx.commit().await.map_err(|error| failed(what, error))?;
        Ok(decided.admission)
    }
}

impl Engine {
    /// Takes the provider's row, made if it is not there, and looks at the others' slots under it.
    async fn hold(&self, tx: &mut Tx, request: &AdmissionRequest<'_>) -> Result<HeldGate, sqlx::Error> {
        let (now_us, blocked_until_us, requests_until_us, tokens_until_us): (i64, i64, i64, i64) =
            sqlx::query_as(queries::HOLD_GATE)
                .persistent(self.named_statements)
                .bind(request.provider.as_str())
                .fetch_one(&mut **tx)
                .await?;
        let mut others = 0;
        if request.limits.max_concurrency.is_some() {
            let slots: i64 = sqlx::query_scalar(queries::LIVING_SLOTS)
                .persistent(self.named_statements)
                .bind(request.provider.as_str())
                .bind(request.holder)
                .bind(now_us)
                .fetch_one(&mut **tx)
                .await?;
            others = u64::try_from(slots).unwrap_or(0);
        }
        Ok(HeldGate { now_us, blocked_until_us, requests_until_us, tokens_until_us, others })
    }

    /// Writes the process's slots: into its row, else into one whose lease is over, else into a new one. So there are never more rows than processes that
    /// lived at once, though nobody deletes any.
    async fn keep_slots(
        &self,
        tx: &mut Tx,
        request: &AdmissionRequest<'_>,
        slots: u64,
        now_us: i64,
    ) -> Result<(), sqlx::Error> {
        let count = i64::try_from(slots).unwrap_or(i64::MAX);
        // Nothing under way needs no lease: the row is free for whoever comes.
        let lease_us = if slots == 0 { 0 } else { micros(request.lease_ms) };
        let told = |sql: &'static str| {
            sqlx::query(sql)
                .persistent(self.named_statements)
                .bind(request.provider.as_str().to_owned())
                .bind(request.holder.to_owned())
                .bind(count)
                .bind(now_us.saturating_add(lease_us))
        };
        let kept = told(queries::KEEP_SLOTS).bind(now_us).execute(&mut **tx).await?;
        if kept.rows_affected() == 0 && slots > 0 {
            told(queries::ADD_SLOTS).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

fn read_gate(row: Row) -> Result<ProviderGate, CoordError> {
    let (provider, now, blocked, reason, requests, tokens, slots) = row;
    let provider = Provider::from_word(&provider).ok_or_else(|| CoordError {
        what: "reading a provider gate",
        detail: format!("{provider:?} is no provider"),
        source: None,
    })?;
    Ok(ProviderGate {
        provider,
        now: Timestamp(now),
        blocked_until: Timestamp(blocked),
        reason: reason.as_deref().and_then(ErrorCode::named),
        requests_until: Timestamp(requests),
        tokens_until: Timestamp(tokens),
        slots: u64::try_from(slots).unwrap_or(0),
    })
}
