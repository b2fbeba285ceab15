//! What the role of the connections may do past row level security.

use stet_store::StoreError;

use super::body::Columns;
use super::{Postgres, queries};

/// The role that this process works as (reliability.md, "Tenancy").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privileges {
    /// Its name.
    pub role: String,
    /// It is a superuser.
    pub superuser: bool,
    /// It passes row level security by.
    pub bypasses_rls: bool,
    /// It owns the tables, or may act as their owner.
    pub owns_tables: bool,
}

impl Privileges {
    /// Whether it could read or write another org's rows.
    #[must_use]
    pub const fn passes_tenancy(&self) -> bool {
        self.superuser || self.bypasses_rls || self.owns_tables
    }
}

impl Postgres {
    /// What the role of the connections may do.
    ///
    /// # Errors
    /// [`StoreError`] where the server does not say.
    pub async fn privileges(&self) -> Result<Privileges, StoreError> {
        let row = self.look_at(queries::PRIVILEGES).await?;
        let columns = Columns::of("pg_roles", &row);
        let is = |column: &str| Ok::<_, StoreError>(columns.flag_if(column)? == Some(true));
        Ok(Privileges {
            role: columns.text("role")?,
            superuser: is("superuser")?,
            bypasses_rls: is("bypasses_rls")?,
            owns_tables: is("owns_tables")?,
        })
    }
}
