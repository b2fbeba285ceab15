//! What waits, by provider.

use stet_domain::Provider;
use stet_store::{Backlog, StoreError};

use super::{Columns, Engine, Row, queries};

pub(super) async fn read(engine: &Engine) -> Result<Vec<Backlog>, StoreError> {
    engine.look(engine.statement(queries::BACKLOG)).await?.iter().map(read_row).collect()
}

fn read_row(row: &Row) -> Result<Backlog, StoreError> {
    let columns = Columns::of("runs", row);
    Ok(Backlog {
        provider: columns.named("provider", Provider::from_word)?,
        waiting: columns.number("waiting")?,
        running: columns.number("running")?,
        room: columns.number("room")?,
        oldest_due: columns.time_if("oldest_due_us")?,
    })
}
