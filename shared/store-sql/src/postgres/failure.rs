//! What PostgreSQL's errors mean to the port.

use sqlx::postgres::PgDatabaseError;
use stet_store::StoreError;

/// Classes of SQLSTATE (postgresql.org/docs/15/errcodes-appendix.html) after which trying again may help: connection, resources, intervention of an
/// operator, system.
const PASSING_CLASSES: [&str; 4] = ["08", "53", "57", "58"];

/// The same by whole code: idle in a transaction for too long, serialisation failure, deadlock, lock not available, and statement names that a pooler mixed up.
const PASSING_CODES: [&str; 6] = ["25P03", "40001", "40P01", "55P03", "26000", "42P05"];

/// Whether the connection is gone: it broke, or the server ended it. What had not begun may begin on another.
pub(super) fn is_cut_off(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(answer) => {
            answer.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
        _ => false,
    }
}

/// The port's error for an engine's.
pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let detail = error.to_string();
    match &error {
        sqlx::Error::Database(answer) if answer.is_unique_violation() => {
            let refused = answer.try_downcast_ref::<PgDatabaseError>();
            let what = refused.and_then(|refused| refused.constraint().or(refused.table()));
            StoreError::Conflict { what: what.unwrap_or("a unique key").to_owned() }
        }
        sqlx::Error::Database(answer) => match answer.code().as_deref() {
            Some(code) if passes(code) => unavailable(detail, error),
            _ => engine(detail, error),
        },
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Io(_) => unavailable(detail, error),
        _ => engine(detail, error),
    }
}

fn passes(code: &str) -> bool {
    PASSING_CODES.contains(&code) || PASSING_CLASSES.iter().any(|class| code.starts_with(class))
}

fn unavailable(detail: String, error: sqlx::Error) -> StoreError {
    StoreError::Unavailable { detail, source: Box::new(error) }
}

fn engine(detail: String, error: sqlx::Error) -> StoreError {
    StoreError::Engine { detail, source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for code in ["08006", "53300", "57P01", "57014", "58030", "40001", "40P01", "26000"] {
            assert!(passes(code), "{code}");
        }
        for code in ["23514", "42501", "42P01", "ST001", "22P02", "25006"] {
            assert!(!passes(code), "{code}");
        }
    }

    #[test]
    fn a_pool_that_ran_out_is_unavailable() {
        assert!(matches!(classify(sqlx::Error::PoolTimedOut), StoreError::Unavailable { .. }));
        assert!(matches!(classify(sqlx::Error::RowNotFound), StoreError::Engine { .. }));
    }
}
