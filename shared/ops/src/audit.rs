//! What is written down of a change, in the transaction that makes it.

mod list_audit;

use stet_canon::{Json, Members};
use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, AuditId, BatchId, ScheduleId};
use stet_store::{
    AuditRow, BatchControl, BatchRow, BatchView, ResumeRequest, ScheduleRow, ScheduleStanding, SingleRun,
    TemplateRow, Tx,
};

use crate::{Actor, ApiKey, OpError, Operation, Ops};

/// Who is named where no person decided.
pub(crate) const SYSTEM: &str = "stet";

/// A change: what stood before and what stands now, as far as an auditor needs it. Neither prompts nor secrets are in it.
pub(crate) struct Change {
    subject: String,
    before: Option<Json>,
    after: Option<Json>,
}

impl Change {
    /// A template came to be.
    pub(crate) fn template(row: &TemplateRow) -> Self {
        let after = [("name", Json::from(&row.name)), ("template_sha256", row.template_sha256.into())];
        Self { subject: row.id.to_string(), before: None, after: Some(object(after)) }
    }

    /// A batch was accepted, of a request or of a schedule's due time.
    pub(crate) fn batch(row: &BatchRow, due: Option<(ScheduleId, Timestamp)>) -> Self {
        let mut after = Members::from_iter([
            ("template_id", Json::from(row.template.to_string())),
            ("batch_sha256", row.batch_sha256.into()),
            ("plan_sha256", row.plan_sha256.into()),
            ("cells", row.cells.into()),
        ]);
        if let Some((schedule, due_at)) = due {
            after.insert("schedule_id", schedule.to_string());
            after.insert("due_at", due_at.to_string());
        }
        Self { subject: row.id.to_string(), before: None, after: Some(after.into()) }
    }

    /// A schedule was made.
    pub(crate) fn schedule(row: &ScheduleRow) -> Self {
        let after = [
            ("name", Json::from(&row.name)),
            ("template_id", row.template.to_string().into()),
            ("cron", Json::from(&row.cron)),
            ("time_zone", Json::from(&row.time_zone)),
            ("catch_up", row.catch_up.as_str().into()),
            ("batch_sha256", Digest::of(&row.batch).into()),
        ];
        Self { subject: row.id.to_string(), before: None, after: Some(object(after)) }
    }

    /// A schedule moved.
    pub(crate) fn standing(id: ScheduleId, from: &ScheduleStanding, to: &ScheduleStanding) -> Self {
        Self { subject: id.to_string(), before: Some(standing(from)), after: Some(standing(to)) }
    }

    /// A single run was accepted.
    pub(crate) fn run(run: &SingleRun) -> Self {
        let after = [
            ("template_id", Json::from(run.template.to_string())),
            ("locale", Json::from(&run.locale)),
            ("grounding_mode", run.grounding_mode.as_str().into()),
        ];
        Self { subject: run.id.to_string(), before: None, after: Some(object(after)) }
    }

    /// An API key was made.
    pub(crate) fn api_key(key: &ApiKey) -> Self {
        let after = [("role", Json::from(key.role.as_str())), ("label", Json::from(&key.label))];
        Self { subject: key.id.to_string(), before: None, after: Some(object(after)) }
    }

    /// An API key was ended.
    pub(crate) fn revoked(id: &ApiKeyId) -> Self {
        let works = |works: bool| Some(object([("works", Json::from(works))]));
        Self { subject: id.to_string(), before: works(true), after: works(false) }
    }

    /// A batch moved.
    pub(crate) fn control(batch: BatchId, from: &BatchControl, to: &BatchControl) -> Self {
        Self { subject: batch.to_string(), before: Some(control(from)), after: Some(control(to)) }
    }

    /// A resume was asked for.
    pub(crate) fn resume(view: &BatchView, asked: &ResumeRequest) -> Self {
        let after = [
            ("lock", Json::from(asked.lock.as_str())),
            ("accept_version", asked.accept_version.clone().into()),
            ("reason", asked.reason.as_str().into()),
        ];
        let before = Some(control(&view.control));
        Self { subject: view.row.id.to_string(), before, after: Some(object(after)) }
    }

    /// Cells of a batch are run again, which stays where it is.
    pub(crate) fn rerun(batch: BatchId, cells: usize, reason: &str) -> Self {
        let after =
            [("cells", Json::from(u64::try_from(cells).unwrap_or(u64::MAX))), ("reason", reason.into())];
        Self { subject: batch.to_string(), before: None, after: Some(object(after)) }
    }
}

fn control(control: &BatchControl) -> Json {
    object([
        ("status", Json::from(control.status.as_str())),
        ("pause_reason", control.pause_reason.map(|reason| reason.as_str().to_owned()).into()),
        ("reason", control.reason.clone().into()),
        ("lock_epoch", control.lock_epoch.into()),
    ])
}

fn standing(standing: &ScheduleStanding) -> Json {
    object([
        ("state", Json::from(standing.state.as_str())),
        ("next_due_at", standing.next_due_at.map(|at| at.to_string()).into()),
        ("reason", standing.reason.clone().into()),
    ])
}

fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    members.into_iter().collect::<Members>().into()
}

impl Ops {
    /// Writes down what the actor did.
    pub(crate) async fn audit(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        operation: Operation,
        change: Change,
    ) -> Result<(), OpError> {
        self.write_down(tx, actor.key_id.to_string(), operation.name(), change).await
    }

    /// Writes down what was done without a person.
    pub(crate) async fn audit_system(
        &self,
        tx: &mut dyn Tx,
        operation: &'static str,
        change: Change,
    ) -> Result<(), OpError> {
        self.write_down(tx, SYSTEM.to_owned(), operation, change).await
    }

    async fn write_down(
        &self,
        tx: &mut dyn Tx,
        actor: String,
        operation: &'static str,
        change: Change,
    ) -> Result<(), OpError> {
        let bytes = |json: Option<Json>| json.map(|json| json.to_canonical_bytes());
        let row = AuditRow {
            id: AuditId(self.parts.ids.ulid()),
            at: self.parts.clock.now(),
            actor,
            operation: operation.to_owned(),
            subject: change.subject,
            before: bytes(change.before),
            after: bytes(change.after),
        };
        Ok(tx.append_audit(&row).await?)
    }
}
