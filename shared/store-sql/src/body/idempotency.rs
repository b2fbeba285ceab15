//! Idempotency records.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, RunId, ScheduleId, TemplateId};
use stet_store::{Idempotency, IdempotencyRow, ResourceRef, StoreError};

use super::{Columns, Row, Transaction, queries};

#[async_trait]
impl Idempotency for Transaction {
    async fn hold_idempotency(&mut self, key: &str) -> Result<bool, StoreError> {
        let query = self.scoped(queries::HOLD_IDEMPOTENCY).bind(key.to_owned());
        let row = self.optional(query).await?;
        let held = row.map(|row| Columns::of("idempotency_keys", &row).flag_if("held")).transpose()?;
        Ok(held.flatten() == Some(true))
    }

    async fn get_idempotency(
        &mut self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<IdempotencyRow>, StoreError> {
        let query = self.scoped(queries::GET_IDEMPOTENCY).bind(key.to_owned()).bind(now.0);
        self.optional(query).await?.as_ref().map(read_record).transpose()
    }

    async fn insert_idempotency(&mut self, row: &IdempotencyRow) -> Result<(), StoreError> {
        let (kind, id) = match &row.resource {
            ResourceRef::Template(id) => ("template", id.to_bytes().to_vec()),
            ResourceRef::Batch(id) => ("batch", id.to_bytes().to_vec()),
            ResourceRef::Run(id) => ("run", id.to_bytes().to_vec()),
            // 16 characters of ASCII.
            ResourceRef::ApiKey(id) => ("api_key", id.as_str().as_bytes().to_vec()),
            ResourceRef::Schedule(id) => ("schedule", id.to_bytes().to_vec()),
        };
        let query = self
            .scoped(queries::INSERT_IDEMPOTENCY)
            .bind(row.key.clone())
            .bind(row.fingerprint.to_bytes().to_vec())
            .bind(row.body.clone())
            .bind(kind)
            .bind(id)
            .bind(row.created_at.0)
            .bind(row.expires_at.0);
        match self.run(query).await? {
            0 => Err(StoreError::Conflict { what: format!("the idempotency key {:?}", row.key) }),
            _ => Ok(()),
        }
    }
}

fn read_record(row: &Row) -> Result<IdempotencyRow, StoreError> {
    let columns = Columns::of("idempotency_keys", row);
    let id = columns.array("resource_id")?;
    Ok(IdempotencyRow {
        key: columns.text("key")?,
        fingerprint: columns.digest("fingerprint")?,
        body: columns.bytes("body")?,
        resource: columns.named("resource_kind", |kind| match kind {
            "template" => Some(ResourceRef::Template(TemplateId::from_bytes(id))),
            "batch" => Some(ResourceRef::Batch(BatchId::from_bytes(id))),
            "run" => Some(ResourceRef::Run(RunId::from_bytes(id))),
            "api_key" => str::from_utf8(&id).ok()?.parse().ok().map(ResourceRef::ApiKey),
            "schedule" => Some(ResourceRef::Schedule(ScheduleId::from_bytes(id))),
            _ => None,
        })?,
        created_at: columns.time("created_at_us")?,
        expires_at: columns.time("expires_at_us")?,
    })
}
