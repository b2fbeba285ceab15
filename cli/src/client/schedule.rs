//! `stet schedule`.

use serde_json::{Value, json};

use super::{Client, batch, page};
use crate::args::{CatchUp, Schedule, ScheduleCreate};
use crate::exit::Exit;
use crate::screen::Screen;

const COLUMNS: &[&str] =
    &["/id", "/name", "/state", "/cron", "/time_zone", "/next_due_at", "/template_id", "/created_at"];

const FIRE_COLUMNS: &[&str] =
    &["/due_at", "/through_at", "/due_times", "/outcome", "/batch_id", "/code", "/detail"];

pub(crate) async fn run(client: &Client, screen: Screen, verb: Schedule) -> anyhow::Result<Exit> {
    match verb {
        Schedule::Create(schedule) => create(client, screen, *schedule).await?,
        Schedule::List(limit) => {
            screen.list(&page::fetch(client, "/v1/schedules", &[], limit.limit).await?, COLUMNS)?;
        }
        Schedule::Show { id } => screen.show(&client.get(&format!("/v1/schedules/{id}"), &[]).await?)?,
        Schedule::Fires { id, page: limit } => {
            let fires = page::fetch(client, &format!("/v1/schedules/{id}/fires"), &[], limit.limit).await?;
            screen.list(&fires, FIRE_COLUMNS)?;
        }
        Schedule::Pause { id, reason } => decide(client, screen, &id, "pause", reason).await?,
        Schedule::Resume { id, reason } => decide(client, screen, &id, "resume", reason).await?,
        Schedule::End { id, reason } => decide(client, screen, &id, "end", reason).await?,
    }
    Ok(Exit::Done)
}

async fn create(client: &Client, screen: Screen, schedule: ScheduleCreate) -> anyhow::Result<()> {
    let path = format!("/v1/templates/{}/schedules", schedule.template);
    let key = schedule.idempotency_key.clone();
    let body = body(schedule)?.to_string().into_bytes();
    screen.show(&client.post(&path, &[], body, key.as_deref()).await?.body)
}

fn body(schedule: ScheduleCreate) -> anyhow::Result<Value> {
    let catch_up = match schedule.catch_up {
        CatchUp::Latest => "latest",
        CatchUp::All => "all",
    };
    Ok(json!({
        "name": schedule.name,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "catch_up": catch_up,
        "batch": batch::body(schedule.submission)?,
    }))
}

/// Posts an operator's decision and shows what came of it.
async fn decide(
    client: &Client,
    screen: Screen,
    id: &str,
    verb: &str,
    reason: Option<String>,
) -> anyhow::Result<()> {
    let body = json!({"reason": reason}).to_string().into_bytes();
    screen.show(&client.post(&format!("/v1/schedules/{id}/{verb}"), &[], body, None).await?.body)
}
