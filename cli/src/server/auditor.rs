//! The operations alone, for who looks at the database beside the processes that serve it.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use stet_ops::Ops;
use stet_worker::Doorbell;

use super::database::{self, Migrations};
use super::wiring;
use crate::settings::{DatabaseUrl, Settings};

/// Opens a database that is there, its schema at this build's.
pub(crate) async fn operations(settings: &Settings) -> anyhow::Result<Ops> {
    if let DatabaseUrl::Sqlite { path } = &settings.database_url
        && !Path::new(path).exists()
    {
        bail!("there is no database {path}: check DATABASE_URL")
    }
    let database = database::open(settings, Migrations::Refuse).await?;
    // Nothing is made due here, and nobody listens.
    Ok(wiring::wire(settings, database, Arc::new(Doorbell::default())).await?.ops)
}
