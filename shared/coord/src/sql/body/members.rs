//! The members of a fleet as rows. Nobody deletes any: the row of a member that is gone is the next one's.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::member::Duty;

use super::{Engine, failed, micros, queries};
use crate::members::{FORGOTTEN_AFTER, LOST_AFTER};
use crate::{Beat, CoordError, Lately, Member, Members};

type Row = (String, String, String, i64, i64, i64, i64, i64, i64, i64, i64);

#[async_trait]
impl Members for Engine {
    async fn beat(&self, beat: &Beat) -> Result<(), CoordError> {
        let what = "telling of a member";
        let mut tx = self.begin(what).await?;
        let told = |sql: &'static str| {
            sqlx::query(sql)
                .persistent(self.named_statements)
                .bind(beat.incarnation.clone())
                .bind(beat.duty.as_str())
                .bind(beat.build.clone())
                .bind(whole(beat.slots))
                .bind(whole(beat.in_flight))
                .bind(whole(beat.lately.window_ms))
                .bind(whole(beat.lately.cells_ended))
                .bind(whole(beat.lately.slots_held_ms))
        };
        let kept = told(queries::KEEP_MEMBER).execute(&mut *tx).await.map_err(|error| failed(what, error))?;
        if kept.rows_affected() == 0 {
            let forgotten = i64::try_from(FORGOTTEN_AFTER.as_micros()).unwrap_or(i64::MAX);
            let taken = told(queries::TAKE_MEMBER).bind(forgotten).execute(&mut *tx).await;
            if taken.map_err(|error| failed(what, error))?.rows_affected() == 0 {
                let added = told(queries::ADD_MEMBER).execute(&mut *tx).await;
                added.map_err(|error| failed(what, error))?;
            }
        }
        tx.commit().await.map_err(|error| failed(what, error))
    }

    async fn leave(&self, incarnation: &str) -> Result<(), CoordError> {
        let what = "taking a member off the list";
        let mut tx = self.begin(what).await?;
        sqlx::query(queries::LEAVE_FLEET)
            .persistent(self.named_statements)
            .bind(incarnation)
            .execute(&mut *tx)
            .await
            .map_err(|error| failed(what, error))?;
        tx.commit().await.map_err(|error| failed(what, error))
    }

    async fn members(&self) -> Result<Vec<Member>, CoordError> {
        let what = "reading the members";
        let mut tx = self.begin(what).await?;
        let rows: Vec<Row> = sqlx::query_as(queries::READ_MEMBERS)
            .persistent(self.named_statements)
            .bind(i64::try_from(FORGOTTEN_AFTER.as_micros()).unwrap_or(i64::MAX))
            .fetch_all(&mut *tx)
            .await
            .map_err(|error| failed(what, error))?;
        tx.commit().await.map_err(|error| failed(what, error))?;
        rows.into_iter().map(read_member).collect()
    }
}

fn read_member(row: Row) -> Result<Member, CoordError> {
    let (incarnation, duty, build, slots, in_flight, window_ms, ended, held_ms, started, seen, now) = row;
    let duty = Duty::named(&duty).ok_or_else(|| CoordError {
        what: "reading a member",
        detail: format!("{duty:?} is no duty"),
        source: None,
    })?;
    let lost_after = micros(u64::try_from(LOST_AFTER.as_millis()).unwrap_or(u64::MAX));
    Ok(Member {
        told: Beat {
            incarnation,
            duty,
            build,
            slots: natural(slots),
            in_flight: natural(in_flight),
            lately: Lately {
                window_ms: natural(window_ms),
                cells_ended: natural(ended),
                slots_held_ms: natural(held_ms),
            },
        },
        started_at: Timestamp(started),
        seen_at: Timestamp(seen),
        alive: now.saturating_sub(seen) <= lost_after,
    })
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn natural(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
