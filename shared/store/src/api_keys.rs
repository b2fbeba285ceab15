//! API keys: stored as a keyed hash, never as themselves.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, OrgId};
use stet_domain::role::Role;

use crate::StoreError;

/// One key as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// The org that it opens.
    pub org: OrgId,
    /// Its public part.
    pub id: ApiKeyId,
    /// The keyed hash of its secret part.
    pub secret_hash: [u8; 32],
    /// What its holder may do.
    pub role: Role,
    /// A person's name for it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped working.
    pub revoked_at: Option<Timestamp>,
}

/// Keys of one org.
#[async_trait]
pub trait ApiKeys {
    /// Writes a key; a taken id is a [`StoreError::Conflict`].
    async fn insert_api_key(&mut self, row: &ApiKeyRow) -> Result<(), StoreError>;

    /// All keys of the org, newest first.
    async fn list_api_keys(&mut self) -> Result<Vec<ApiKeyRow>, StoreError>;

    /// Ends a key; `false` where there is none or it was ended before.
    async fn revoke_api_key(&mut self, id: &ApiKeyId, at: Timestamp) -> Result<bool, StoreError>;
}
