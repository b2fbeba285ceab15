//! Dead letters, kept beside the rows whatever carries the hints.

use std::time::Duration;

use apalis::prelude::BoxDynError;
use async_trait::async_trait;
use sqlx::PgPool;

use crate::ear::DeadLetters;
use crate::{QUEUE, QueueError};

const KEEP_DEAD_LETTER: &str = include_str!("../queries/keep_dead_letter.sql");
const PRUNE_DEAD_LETTERS: &str = include_str!("../queries/prune_dead_letters.sql");

/// Bytes of a message that are kept; what a person needs to see stands at its beginning.
const BYTES_KEPT: usize = 65_536;

/// How long a person has to look at one.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Rows removed by one statement at most.
const REMOVED_MAX: i64 = 10_000;

/// The table `dead_letters`.
pub(crate) struct Letters {
    pub(crate) pool: PgPool,
    /// Who met them.
    pub(crate) met_by: String,
}

/// Removes old ones; answers how many.
pub(crate) async fn prune(pool: &PgPool) -> Result<u64, QueueError> {
    let kept_us = i64::try_from(KEPT.as_micros()).unwrap_or(i64::MAX);
    let letters = sqlx::query(PRUNE_DEAD_LETTERS).bind(kept_us).bind(REMOVED_MAX).fetch_all(pool).await?;
    Ok(letters.len() as u64)
}

#[async_trait]
impl DeadLetters for Letters {
    async fn keep(&self, payload: &[u8], reason: &str) -> Result<(), BoxDynError> {
        let kept = payload.get(..BYTES_KEPT).unwrap_or(payload);
        let bytes = i64::try_from(payload.len()).unwrap_or(i64::MAX);
        sqlx::query(KEEP_DEAD_LETTER)
            .bind(QUEUE)
            .bind(kept)
            .bind(bytes)
            // What a parser quotes of a message may hold a NUL, which no text of the database does.
            .bind(reason.replace('\0', "\u{fffd}"))
            .bind(&self.met_by)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
