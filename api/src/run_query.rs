//! Which runs of a list are wanted.

use stet_domain::Locale;
use stet_domain::clock::Timestamp;
use stet_domain::mode::GroundingMode;
use stet_domain::run::RunStatus;
use stet_store::{RunFilter, RunsOf};

use crate::query::Query;

/// Takes the filters that every list of runs knows; a locale may be spelt as in a submission.
pub(crate) fn take(query: &mut Query, of: RunsOf) -> RunFilter {
    let moment = "an RFC 3339 time";
    RunFilter {
        of,
        status: query.parsed(
            "status",
            &names(RunStatus::ALL.iter().map(|one| one.as_str())),
            RunStatus::named,
        ),
        locale: query.parsed("locale", "ll-CC of assigned codes, or none", |text| {
            text.parse::<Locale>().ok().map(|locale| locale.to_string())
        }),
        grounding_mode: query.parsed("grounding_mode", "UNGROUNDED, PREFERRED or REQUIRED", |text| {
            text.parse::<GroundingMode>().ok()
        }),
        response_output_sha256: query.parsed(
            "response_output_sha256",
            "64 lower-case hexadecimal digits",
            |text| text.parse().ok(),
        ),
        model_version_effective: query.text("model_version_effective"),
        created_from: query.parsed("created_from", moment, |text| text.parse::<Timestamp>().ok()),
        created_before: query.parsed("created_before", moment, |text| text.parse::<Timestamp>().ok()),
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    format!("one of {}", all.collect::<Vec<_>>().join(", "))
}
