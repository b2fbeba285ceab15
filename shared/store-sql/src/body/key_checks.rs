//! Checks of the server's secrets.

use stet_domain::clock::Timestamp;
use stet_store::{KeyCheck, KeyKind, StoreError};

use super::{BEGIN_WRITE, Columns, Engine, Row, classify, queries};

/// All that stand.
pub(super) async fn list(engine: &Engine) -> Result<Vec<KeyCheck>, StoreError> {
    let rows = engine.look(engine.statement(queries::LIST_KEY_CHECKS)).await?;
    rows.iter().map(read).collect()
}

/// Writes those whose key is new, or nothing where one stands with another MAC; answers which do.
pub(super) async fn keep(
    engine: &Engine,
    checks: &[KeyCheck],
    at: Timestamp,
) -> Result<Vec<KeyCheck>, StoreError> {
    let mut tx = engine.writer.begin_with(BEGIN_WRITE).await.map_err(classify)?;
    let rows = engine.statement(queries::LIST_KEY_CHECKS).fetch_all(&mut *tx).await.map_err(classify)?;
    let stored = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let (mut differing, mut fresh) = (Vec::new(), Vec::new());
    for check in checks {
        match stored.iter().find(|known| known.is_of_key_of(check)) {
            None => fresh.push(check),
            Some(known) if known.mac == check.mac => {}
            Some(_) => differing.push(check.clone()),
        }
    }
    if differing.is_empty() {
        for check in fresh {
            let query = engine
                .statement(queries::INSERT_KEY_CHECK)
                .bind(check.kind.as_str())
                .bind(check.key_id.clone())
                .bind(check.mac.to_vec())
                .bind(at.0);
            query.execute(&mut *tx).await.map_err(classify)?;
        }
        tx.commit().await.map_err(classify)?;
    }
    Ok(differing)
}

fn read(row: &Row) -> Result<KeyCheck, StoreError> {
    let columns = Columns::of("key_checks", row);
    Ok(KeyCheck {
        kind: columns.named("kind", KeyKind::named)?,
        key_id: columns.text("key_id")?,
        mac: columns.array("mac")?,
    })
}
