//! Lock epochs, each fact with how it is known.

use serde::{Deserialize, Serialize};
use stet_domain::drift::DriftEvidence;
use stet_domain::lock::Listed;
use stet_store::LockRow;
use utoipa::ToSchema;

/// One lock epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lock {
    /// Preflight's is 1.
    pub epoch: i64,
    /// The observed version.
    pub model_version: String,
    /// The observed fingerprint; `null` where the API offered none.
    pub model_fingerprint: Option<String>,
    /// Set where an operator accepted another version than the template's.
    pub lock_version: Option<String>,
    /// The service tier that served the probe.
    pub service_tier: Option<String>,
    /// What the provider's own list says of the model, verbatim: OpenAI's `created`, Gemini's `version`.
    pub listed_mark: Option<String>,
    /// The fingerprint of the echoed sampling settings, one of ours; the token budget is none of them.
    pub echo_sha256: Option<String>,
    /// The fingerprint of the echoed tools, one of ours.
    pub tools_echo_sha256: Option<String>,
    /// The digest of what the canary prompts brought when the epoch was opened; `null` where the template has none.
    pub canary_sha256: Option<String>,
    /// How each of these facts is known.
    pub known_by: LockKnownBy,
    /// By what a silent change of the model would show: `fingerprint`, `snapshot` (the version names one), or `unverifiable`: by nothing on the wire.
    pub drift_evidence: String,
    /// When it was observed.
    #[schema(format = DateTime)]
    pub observed_at: String,
}

/// How the facts of a lock are known: `generation` (an answer of the model says so), `listing` (the provider's list does), `not_offered` (no answer or
/// entry carries it), `not_listed` (the list has no such model), `unavailable` (there was no list to be had), `not_recorded` (the epoch was sealed before
/// it was kept).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LockKnownBy {
    /// Of `model_version`: always `generation`.
    pub model_version: String,
    /// Of `model_fingerprint`.
    pub model_fingerprint: String,
    /// Of `service_tier`.
    pub service_tier: String,
    /// Of `listed_mark`.
    pub listed_mark: String,
    /// Of `echo_sha256`.
    pub echo_sha256: String,
    /// Of `tools_echo_sha256`; `not_offered` also where no cell is offered a tool.
    pub tools_echo_sha256: String,
}

const GENERATION: &str = "generation";
const NOT_OFFERED: &str = "not_offered";
const NOT_RECORDED: &str = "not_recorded";

impl From<&LockRow> for LockKnownBy {
    fn from(row: &LockRow) -> Self {
        let offered = |there: bool| if there { GENERATION } else { NOT_OFFERED }.to_owned();
        // The list and the echoes are kept since the same version.
        let echoed = |there: bool| match row.listed {
            None => NOT_RECORDED.to_owned(),
            Some(_) => offered(there),
        };
        let listed_mark = match row.listed {
            None => NOT_RECORDED,
            Some(Listed::Marked(_)) => "listing",
            Some(Listed::Unmarked) => NOT_OFFERED,
            Some(Listed::Unlisted) => "not_listed",
            Some(Listed::Unavailable) => "unavailable",
        };
        Self {
            model_version: GENERATION.to_owned(),
            model_fingerprint: offered(row.lock.observed.model_fingerprint.is_some()),
            service_tier: offered(row.service_tier.is_some()),
            listed_mark: listed_mark.to_owned(),
            echo_sha256: echoed(row.echo.settings.is_some()),
            tools_echo_sha256: echoed(row.echo.tools.is_some()),
        }
    }
}

impl From<LockRow> for Lock {
    fn from(row: LockRow) -> Self {
        let known_by = LockKnownBy::from(&row);
        let hex = |digest: stet_domain::Digest| digest.to_string();
        Self {
            known_by,
            drift_evidence: DriftEvidence::of(&row.lock.observed).to_string(),
            epoch: row.lock.epoch,
            model_version: row.lock.observed.model_version,
            model_fingerprint: row.lock.observed.model_fingerprint,
            lock_version: row.lock_version,
            service_tier: row.service_tier,
            listed_mark: row.listed.as_ref().and_then(Listed::mark).map(str::to_owned),
            echo_sha256: row.echo.settings.map(hex),
            tools_echo_sha256: row.echo.tools.map(hex),
            canary_sha256: row.canary_sha256.map(hex),
            observed_at: row.observed_at.to_string(),
        }
    }
}
