//! The audit log.

use async_trait::async_trait;
use stet_domain::ids::AuditId;
use stet_store::{AuditLog, AuditRow, Page, PageRequest, Position, StoreError};

use super::{Columns, Row, Transaction, page, queries};

#[async_trait]
impl AuditLog for Transaction {
    async fn append_audit(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        let query = self
            .scoped(queries::APPEND_AUDIT)
            .bind(row.id.to_bytes().to_vec())
            .bind(row.at.0)
            .bind(row.actor.clone())
            .bind(row.operation.clone())
            .bind(row.subject.clone())
            .bind(row.before.clone())
            .bind(row.after.clone());
        self.run(query).await?;
        Ok(())
    }

    async fn list_audit(&mut self, request: PageRequest) -> Result<Page<AuditRow>, StoreError> {
        let (at_us, id) = page::start(request);
        let query =
            self.scoped(queries::LIST_AUDIT).bind(at_us).bind(id.to_vec()).bind(page::rows_wanted(request));
        let rows = self.all(query).await?;
        page::build(request, &rows, read_audit, |row| Position { created_at: row.at, id: row.id.to_bytes() })
    }
}

fn read_audit(row: &Row) -> Result<AuditRow, StoreError> {
    let columns = Columns::of("audit_log", row);
    Ok(AuditRow {
        id: AuditId::from_bytes(columns.array("audit_id")?),
        at: columns.time("at_us")?,
        actor: columns.text("actor")?,
        operation: columns.text("operation")?,
        subject: columns.text("subject")?,
        before: columns.get("before_change")?,
        after: columns.get("after_change")?,
    })
}
