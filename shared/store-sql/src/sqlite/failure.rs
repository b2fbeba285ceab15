//! What SQLite's errors mean to the port.

use stet_store::StoreError;

/// Primary result codes (sqlite.org/rescode.html) after which trying again may help.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const IO_ERROR: i32 = 10;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;

/// The start of a message about a unique or primary key.
const UNIQUE_FAILED: &str = "UNIQUE constraint failed: ";

/// What surrounds the table in the message of the triggers that refuse a standing key before the constraint can.
const STANDS: (&str, &str) = ("stet: ", ": the key stands already");

/// A file's connection is never cut off.
pub(super) const fn is_cut_off(_error: &sqlx::Error) -> bool {
    false
}

/// The port's error for an engine's.
pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let detail = error.to_string();
    if let sqlx::Error::Database(answer) = &error
        && let Some(table) = standing(answer.message())
    {
        return StoreError::Conflict { what: table.to_owned() };
    }
    match &error {
        sqlx::Error::Database(answer) if answer.is_unique_violation() => {
            let message = answer.message();
            StoreError::Conflict { what: message.strip_prefix(UNIQUE_FAILED).unwrap_or(message).to_owned() }
        }
        sqlx::Error::Database(answer) => match primary(answer.code().as_deref()) {
            Some(BUSY | LOCKED | IO_ERROR | FULL | CANNOT_OPEN) => unavailable(detail, error),
            _ => engine(detail, error),
        },
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_) => unavailable(detail, error),
        _ => engine(detail, error),
    }
}

/// The table whose row stands already.
fn standing(message: &str) -> Option<&str> {
    message.strip_prefix(STANDS.0)?.strip_suffix(STANDS.1)
}

/// The low byte of the extended code.
fn primary(code: Option<&str>) -> Option<i32> {
    code?.parse::<i32>().ok().map(|code| code & 0xff)
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
    fn the_extended_part_of_a_code_is_ignored() {
        assert_eq!(primary(Some("5")), Some(BUSY));
        assert_eq!(primary(Some("517")), Some(BUSY));
        assert_eq!(primary(Some("2067")), Some(19));
        assert_eq!(primary(Some("x")), None);
    }

    #[test]
    fn a_standing_key_is_told_by_its_trigger() {
        assert_eq!(standing("stet: templates: the key stands already"), Some("templates"));
        assert_eq!(standing("stet: templates never change"), None);
    }

    #[test]
    fn a_pool_that_ran_out_is_unavailable() {
        assert!(matches!(classify(sqlx::Error::PoolTimedOut), StoreError::Unavailable { .. }));
        assert!(matches!(classify(sqlx::Error::RowNotFound), StoreError::Engine { .. }));
    }
}
