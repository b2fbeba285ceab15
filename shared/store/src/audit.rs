//! The audit log: who changed what, in the transaction that changed it.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::AuditId;

use crate::{Page, PageRequest, StoreError};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who: an API key's id, or `stet` where no person decided.
    pub actor: String,
    /// What was done, by the operation's name.
    pub operation: String,
    /// To what, by its id.
    pub subject: String,
    /// What stood before, in canonical JSON; `None` where nothing did.
    pub before: Option<Vec<u8>>,
    /// What stands now, in canonical JSON; `None` where nothing does.
    pub after: Option<Vec<u8>>,
}

/// The audit log of one org: it only grows.
#[async_trait]
pub trait AuditLog {
    /// Writes a change down.
    async fn append_audit(&mut self, row: &AuditRow) -> Result<(), StoreError>;

    /// A page of changes, newest first.
    async fn list_audit(&mut self, page: PageRequest) -> Result<Page<AuditRow>, StoreError>;
}
