//! API keys.

mod create_api_key;
mod list_api_keys;
mod revoke_api_key;

use secrecy::SecretString;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, OrgId};
use stet_domain::role::Role;
use stet_store::{ApiKeyRow, Tx};

use crate::{ApiToken, OpError, Ops};

/// Code points of a key's label at most.
pub(crate) const MAX_LABEL_CHARS: usize = 200;

/// A key as its org sees it: nothing of the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public part.
    pub id: ApiKeyId,
    /// What its holder may do.
    pub role: Role,
    /// A person's name for it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped working.
    pub revoked_at: Option<Timestamp>,
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            role: row.role,
            label: row.label,
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A key just made, with its token: it is shown this once.
#[derive(Debug)]
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// What its holder sends; never printed.
    pub token: SecretString,
}

/// What the making of a key answers.
#[derive(Debug)]
pub struct IssuedKey {
    /// The key.
    pub key: ApiKey,
    /// What its holder sends; `None` where the request was a replay: a token is shown once.
    pub token: Option<SecretString>,
}

/// Writes a new key in the given transaction.
pub(crate) async fn insert_new_key(
    ops: &Ops,
    tx: &mut dyn Tx,
    org: &OrgId,
    role: Role,
    label: &str,
) -> Result<CreatedKey, OpError> {
    let token = ApiToken::generate(ops.parts.ids.as_ref());
    let row = ApiKeyRow {
        org: org.clone(),
        id: token.id().clone(),
        secret_hash: token.keyed_hash(&ops.parts.pepper),
        role,
        label: label.to_owned(),
        created_at: ops.parts.clock.now(),
        revoked_at: None,
    };
    tx.insert_api_key(&row).await?;
    Ok(CreatedKey { key: row.into(), token: token.reveal() })
}
