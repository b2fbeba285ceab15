//! Dead letters, kept beside the rows.

use apalis::prelude::BoxDynError;
use async_trait::async_trait;
use sqlx::PgPool;

use crate::QUEUE;
use crate::ear::DeadLetters;

const KEEP_DEAD_LETTER: &str = include_str!("../../queries/keep_dead_letter.sql");

/// Bytes of a message that are kept; what a person needs to see stands at its beginning.
const BYTES_KEPT: usize = 65_536;

/// The table `dead_letters`.
pub(super) struct Letters {
    pub(super) pool: PgPool,
    /// Who met them.
    pub(super) met_by: String,
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
