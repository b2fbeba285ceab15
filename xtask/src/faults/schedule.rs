//! A schedule whose due times passed while nobody looked: each of them makes one batch.

use anyhow::{Context, ensure};
use serde_json::json;

use super::api::Api;
use super::fleet::Fleet;
use super::wait::{self, PATIENCE};
use super::work::{Batch, submission, template};

/// More than one page tells is asked of no schedule.
const PAGE: i64 = 200;
/// Due times of which something is told, and how many minutes lie between the first and the last.
const TOLD: &str = "SELECT count(*) FROM schedule_fires";
const SPAN: &str = "SELECT (max(due_at_us) - min(due_at_us)) / 60000000 + 1 FROM schedule_fires";
const NOT_FIRED: &str = "SELECT count(*) FROM schedule_fires WHERE outcome <> 'fired'";

/// The one schedule of a fleet.
pub(super) struct Schedule {
    api: Api,
    id: String,
    cells: u64,
    minutes: i64,
}

impl Schedule {
    /// One of every minute, which submits so many cells and has been due since so many minutes: made while no scheduler works.
    pub(super) fn due_since(fleet: &Fleet, cells: u64, minutes: i64) -> anyhow::Result<Self> {
        let org = fleet.orgs.first().context("a fleet has an org")?;
        let path = format!("/v1/templates/{}/schedules", template(org)?);
        let schedule = json!({
            "name": "every minute", "cron": "* * * * *", "time_zone": "UTC", "catch_up": "all", "batch": submission(cells),
        });
        let made = org.api.post(&path, &schedule)?.expect(201)?;
        let id = made["id"].as_str().context("a schedule without an id")?.to_owned();
        fleet.sql.run(&format!(
            "UPDATE schedules SET next_due_us = (public.now_us() / 60000000 - {minutes}) * 60000000"
        ))?;
        Ok(Self { api: org.api.clone(), id, cells, minutes })
    }

    /// Waits until nothing of what had passed is left, and ends it; its batches.
    pub(super) fn caught_up(&self, fleet: &Fleet) -> anyhow::Result<Vec<Batch>> {
        // The first, those that followed, and the minute in which it was made due.
        let passed = self.minutes + 1;
        wait::until("the due times that had passed", PATIENCE, || {
            Ok((fleet.sql.number(TOLD)? >= passed).then_some(()))
        })?;
        let end = format!("/v1/schedules/{}/end", self.id);
        self.api.post(&end, &json!({}))?.expect(200)?;
        let (told, span) = (fleet.sql.number(TOLD)?, fleet.sql.number(SPAN)?);
        ensure!(told == span, "{told} due times of {span} are told of");
        let others = fleet.sql.number(NOT_FIRED)?;
        ensure!(others == 0, "{others} due times made no batch");
        let made = fleet.sql.number("SELECT count(*) FROM batches AS b WHERE EXISTS (SELECT FROM schedule_fires AS f WHERE f.batch_id = b.batch_id)")?;
        ensure!(made == told && told <= PAGE, "{made} batches of {told} due times");
        let page = self.api.get(&format!("/v1/schedules/{}/fires?limit={PAGE}", self.id))?.expect(200)?;
        let fires = page["items"].as_array().context("a page without items")?;
        let batch = |fire: &serde_json::Value| {
            let id = fire["batch_id"].as_str().context("a due time without a batch")?.to_owned();
            Ok(Batch { api: self.api.clone(), id, cells: self.cells })
        };
        fires.iter().map(batch).collect()
    }
}
