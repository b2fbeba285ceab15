//! API keys.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key as its org sees it: nothing of the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its public part.
    pub id: String,
    /// What its holder may do.
    pub role: String,
    /// A person's name for it.
    pub label: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it stopped working.
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
}

/// All keys of an org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeys {
    /// Newest first.
    pub items: Vec<ApiKey>,
}

/// A key just made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedApiKey {
    /// The key.
    pub key: ApiKey,
    /// What its holder sends as `Authorization: Bearer`; it is shown this once: `null` in the answer to a replay.
    pub token: Option<String>,
}

/// A key that was to be ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedApiKey {
    /// Its public part.
    pub id: String,
    /// Whether it worked until now; `false` where it had been ended before.
    pub changed: bool,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}

impl From<stet_ops::ApiKey> for ApiKey {
    fn from(key: stet_ops::ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            role: key.role.to_string(),
            label: key.label,
            created_at: key.created_at.to_string(),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
        }
    }
}
