//! The port's methods, for whichever engine compiles this module.

mod flight;
mod gates;
mod members;
mod version_cache;

use super::{Db, Engine, failed, micros, queries};
use crate::CoordError;

impl Engine {
    /// A transaction even for one statement: an unnamed one is planned in one message and run in the next, which a pooler may send to two servers otherwise.
    /// Begun in a task of its own: a caller that goes away while the server answers would leave the connection in a transaction that nobody knows of.
    pub(super) async fn begin(
        &self,
        what: &'static str,
    ) -> Result<sqlx::Transaction<'static, Db>, CoordError> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin().await });
        begun
            .await
            .map_err(|error| CoordError { what, detail: error.to_string(), source: Some(Box::new(error)) })?
            .map_err(|error| failed(what, error))
    }
}
