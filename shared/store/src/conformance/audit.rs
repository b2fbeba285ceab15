//! The audit log.

use stet_domain::ids::AuditId;

use super::Bed;
use super::sample::at;
use super::scene::Scene;
use crate::{AuditRow, PageRequest, StoreError};

/// What is written down comes back newest first, page by page, and to its own org alone; it is never changed.
pub async fn changes_are_kept(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let mut rows = Vec::new();
    let mut tx = scene.store.begin(&scene.org).await?;
    for number in 0..5 {
        let row = AuditRow {
            id: AuditId(scene.sample.ulid()),
            at: at(number / 2),
            actor: "0123456789abcdef".to_owned(),
            operation: "submit_batch".to_owned(),
            subject: format!("subject {number}"),
            before: (number == 3).then(|| br#"{"a":1}"#.to_vec()),
            after: (number != 3).then(|| br#"{"b":2}"#.to_vec()),
        };
        tx.append_audit(&row).await?;
        rows.push(row);
    }
    tx.commit().await?;
    rows.reverse();
    let mut tx = scene.store.read(&scene.org).await?;
    let first = tx.list_audit(PageRequest { after: None, limit: 3 }).await?;
    let second = tx.list_audit(PageRequest { after: first.next, limit: 3 }).await?;
    assert_eq!([first.items, second.items].concat(), rows);
    assert_eq!(second.next, None);
    drop(tx);
    for statement in ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"] {
        let refused = bed.sql(statement).await;
        assert!(refused.as_ref().is_err_and(|said| said.contains("stet: ")), "{statement}: {refused:?}");
    }
    scene.act_as("bravo").await?;
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.list_audit(PageRequest { after: None, limit: 3 }).await?.items, []);
    Ok(())
}
