//! API keys.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::ApiKeyId;
use stet_domain::role::Role;
use stet_store::{ApiKeyRow, ApiKeys, StoreError};

use super::{Columns, Row, Transaction, queries};

#[async_trait]
impl ApiKeys for Transaction {
    async fn insert_api_key(&mut self, row: &ApiKeyRow) -> Result<(), StoreError> {
        let query = self
            .scoped(queries::INSERT_API_KEY)
            .bind(row.id.as_str().to_owned())
            .bind(row.secret_hash.to_vec())
            .bind(row.role.as_str())
            .bind(row.label.clone())
            .bind(row.created_at.0)
            .bind(row.revoked_at.map(|at| at.0));
        self.run(query).await?;
        Ok(())
    }

    async fn list_api_keys(&mut self) -> Result<Vec<ApiKeyRow>, StoreError> {
        let query = self.scoped(queries::LIST_API_KEYS);
        self.all(query).await?.iter().map(read_api_key).collect()
    }

    async fn revoke_api_key(&mut self, id: &ApiKeyId, at: Timestamp) -> Result<bool, StoreError> {
        let query = self.scoped(queries::REVOKE_API_KEY).bind(id.as_str().to_owned()).bind(at.0);
        Ok(self.run(query).await? == 1)
    }
}

/// The row of a key.
pub(super) fn read_api_key(row: &Row) -> Result<ApiKeyRow, StoreError> {
    let columns = Columns::of("api_keys", row);
    Ok(ApiKeyRow {
        org: columns.named("org_id", |text| text.parse().ok())?,
        id: columns.named("key_id", |text| text.parse().ok())?,
        secret_hash: columns.array("secret_hash")?,
        role: columns.named("role", Role::named)?,
        label: columns.text("label")?,
        created_at: columns.time("created_at_us")?,
        revoked_at: columns.time_if("revoked_at_us")?,
    })
}
