//! PostgreSQL.

mod catalogue;
mod plans;
mod roles;
mod schema;
mod sharing;
mod silence;
mod tenancy;
mod upgrades;

mod suite {
    use stet_testkit::TempPostgres;

    async fn bed() -> TempPostgres {
        TempPostgres::open().await
    }

    stet_store::conformance!(bed);
}

/// The same through PgBouncer in transaction mode, as Neon's pooler is one (reliability.md rule 11).
mod pooled {
    use stet_testkit::{TempPostgres, Way};

    async fn bed() -> TempPostgres {
        TempPostgres::through(Way::Pooled).await
    }

    stet_store::conformance!(bed);
}
