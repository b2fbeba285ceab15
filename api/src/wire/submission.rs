//! What clients submit. The server reads submissions with [`crate::fields`], which names every offence; these are their shape for documents and clients.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A template to create.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateTemplate {
    /// A label of 1 to 200 characters; it plays no part in sameness.
    pub name: String,
    /// The recipe: a closed, typed object (canonical.md §4), at most 262,144 bytes.
    #[schema(value_type = Object)]
    pub config: Box<RawValue>,
}

/// One cell to run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SubmitRun {
    /// `ll-CC`, or `none` for the control.
    pub locale: String,
    /// `UNGROUNDED`, `PREFERRED` or `REQUIRED`.
    pub grounding_mode: String,
    /// The template's declared inputs by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub inputs: Option<Box<RawValue>>,
}

/// A grid of cells to run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SubmitBatch {
    /// `ll-CC` or `none`, in any order.
    pub locales: Vec<String>,
    /// `UNGROUNDED`, `PREFERRED`, `REQUIRED`, in any order.
    pub grounding_modes: Vec<String>,
    /// Replicates of each (locale, mode), 1 to 1,000.
    pub replicates: i64,
    /// The template's declared inputs by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub inputs: Option<Box<RawValue>>,
    /// What a drifted result leads to: `hard`, `fail` or `warn`.
    pub drift_policy: String,
    /// At most so many cells at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parallel: Option<i64>,
    /// The plan that the submitter has seen; another one is 412.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_plan_sha256: Option<String>,
}

/// A schedule to make.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateSchedule {
    /// A person's name for it, 1 to 200 characters.
    pub name: String,
    /// When it is due: a cron expression of five fields (minute, hour, day of the month, month, day of the week), or a nickname such as `@daily`.
    pub cron: String,
    /// Where that is: a name of the IANA time zone database, such as `Europe/Berlin`.
    pub time_zone: String,
    /// What becomes of due times that passed while nobody looked: `latest` (where it is left out; the last of them makes a batch) or `all` (each does).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catch_up: Option<String>,
    /// What each due time submits, as for `batch-run`.
    pub batch: SubmitBatch,
}

/// A decision on a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecideSchedule {
    /// Why.
    pub reason: Option<String>,
}

/// An API key to create.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateApiKey {
    /// `viewer`, `submitter`, `operator` or `admin`.
    pub role: String,
    /// A person's name for it, 1 to 200 characters.
    pub label: String,
}

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PauseBatch {
    /// Why.
    pub reason: Option<String>,
}

/// A cancellation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CancelBatch {
    /// Why.
    pub reason: String,
}

/// A resume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResumeBatch {
    /// `same`: the lock in force; `new`: a new epoch, of what the model is now.
    pub lock: String,
    /// For `new`: the version that is accepted in the place of the template's.
    pub accept_version: Option<String>,
    /// Why.
    pub reason: String,
}

/// Cells to be run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetryCells {
    /// `failed` (where it is left out), `quarantined` or `all`.
    pub cells: Option<String>,
    /// Why.
    pub reason: String,
}
