//! PostgreSQL: rows that every process of a fleet sees.

// The body is compiled once per engine, against the names below.
#[path = "body/mod.rs"]
mod body;

use sqlx::PgPool;

use super::{failed, micros};
use crate::CoordError;

type Db = sqlx::Postgres;
type Engine = PostgresCoord;

mod queries {
    pub(super) const ADD_MEMBER: &str = include_str!("queries/add_member.postgres.sql");
    pub(super) const ADD_SLOTS: &str = include_str!("queries/add_slots.sql");
    pub(super) const ADVANCE_GATE: &str = include_str!("queries/advance_gate.sql");
    pub(super) const BLOCK_GATE: &str = include_str!("queries/block_gate.postgres.sql");
    pub(super) const HOLD_GATE: &str = include_str!("queries/hold_gate.postgres.sql");
    pub(super) const INSTALLATION: &str = include_str!("queries/installation.postgres.sql");
    pub(super) const KEEP_MEMBER: &str = include_str!("queries/keep_member.postgres.sql");
    pub(super) const KEEP_SLOTS: &str = include_str!("queries/keep_slots.sql");
    pub(super) const LEAVE_FLEET: &str = include_str!("queries/leave_fleet.postgres.sql");
    pub(super) const LIVING_SLOTS: &str = include_str!("queries/living_slots.sql");
    pub(super) const READ_GATES: &str = include_str!("queries/read_gates.postgres.sql");
    pub(super) const READ_MEMBERS: &str = include_str!("queries/read_members.postgres.sql");
    pub(super) const READ_VERSIONS: &str = include_str!("queries/read_versions.postgres.sql");
    pub(super) const RELEASE: &str = include_str!("queries/release.postgres.sql");
    pub(super) const RENEW_VERSIONS: &str = include_str!("queries/renew_versions.postgres.sql");
    pub(super) const TAKE_MEMBER: &str = include_str!("queries/take_member.postgres.sql");
    pub(super) const TRY_LEAD: &str = include_str!("queries/try_lead.postgres.sql");
    pub(super) const WRITE_VERSIONS: &str = include_str!("queries/write_versions.postgres.sql");
}

/// Coordination over one PostgreSQL database, shared by every process that works on it.
#[derive(Debug, Clone)]
pub struct PostgresCoord {
    pool: PgPool,
    named_statements: bool,
}

impl PostgresCoord {
    /// Coordination over a pool that is open already; `named_statements` is `false` behind a pooler that does not carry them.
    #[must_use]
    pub const fn new(pool: PgPool, named_statements: bool) -> Self {
        Self { pool, named_statements }
    }
    /// The name of this database among all that may share a Redis: the same for every process and login, on whatever way they reach it.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    pub async fn installation(&self) -> Result<String, CoordError> {
        let what = "reading the installation's name";
        let mut tx = self.begin(what).await?;
        let name: String = sqlx::query_scalar(queries::INSTALLATION)
            .persistent(self.named_statements)
            .fetch_one(&mut *tx)
            .await
            .map_err(|error| failed(what, error))?;
        tx.commit().await.map_err(|error| failed(what, error))?;
        Ok(name)
    }
}
