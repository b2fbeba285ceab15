//! The audit log.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stet_store::AuditRow;
use utoipa::ToSchema;

use super::embedded;

/// One change.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who: an API key's id, or `stet` where no person decided.
    pub actor: String,
    /// What was done, by the operation's name.
    pub operation: String,
    /// To what, by its id.
    pub subject: String,
    /// What stood before; `null` where nothing did.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Box<RawValue>>,
    /// What stands since; `null` where nothing does.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Box<RawValue>>,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id.to_string(),
            at: row.at.to_string(),
            actor: row.actor,
            operation: row.operation,
            subject: row.subject,
            before: row.before.map(embedded),
            after: row.after.map(embedded),
        }
    }
}
