//! A batch as submitted.

use stet_canon::Members;
use stet_domain::Json;
use stet_domain::trace::TraceParent;

/// A batch as submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSubmission {
    /// Locales in any spelling and order.
    pub locales: Vec<String>,
    /// Grounding modes in any order.
    pub grounding_modes: Vec<String>,
    /// Replicates of each (locale, mode).
    pub replicates: i64,
    /// The inputs; `null` for none.
    pub inputs: Json,
    /// `hard`, `fail` or `warn`.
    pub drift_policy: String,
    /// At most so many cells at once.
    pub max_parallel: Option<i64>,
    /// The plan that the submitter has seen.
    pub expected_plan_sha256: Option<String>,
    /// The trace that the calls of its cells go on.
    pub trace: Option<TraceParent>,
}

impl BatchSubmission {
    /// The submission as it is kept to be made again, in canonical JSON: what is absent has no member, and a trace is of one request and not kept.
    pub(crate) fn to_kept(&self) -> Vec<u8> {
        let mut members = Members::from_iter([
            ("locales", Json::from(self.locales.clone())),
            ("grounding_modes", self.grounding_modes.clone().into()),
            ("replicates", self.replicates.into()),
            ("drift_policy", self.drift_policy.as_str().into()),
        ]);
        let optional = [
            ("inputs", Some(self.inputs.clone()).filter(|inputs| !inputs.is_null())),
            ("max_parallel", self.max_parallel.map(Json::from)),
            ("expected_plan_sha256", self.expected_plan_sha256.clone().map(Json::from)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                members.insert(name, value);
            }
        }
        Json::from(members).to_canonical_bytes()
    }

    /// The submission that was kept; `None` of bytes that [`Self::to_kept`] does not write.
    pub(crate) fn from_kept(bytes: &[u8]) -> Option<Self> {
        let kept = Json::parse(bytes).ok()?;
        let text = |name: &str| Some(kept.get(name)?.as_str()?.to_owned());
        let texts = |name: &str| {
            let elements = kept.get(name)?.as_array()?;
            elements.iter().map(|element| element.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        };
        let whole = |name: &str| match kept.get(name)? {
            Json::Number(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let read = Self {
            locales: texts("locales")?,
            grounding_modes: texts("grounding_modes")?,
            replicates: whole("replicates")?,
            inputs: kept.get("inputs").cloned().unwrap_or(Json::Null),
            drift_policy: text("drift_policy")?,
            max_parallel: whole("max_parallel"),
            expected_plan_sha256: text("expected_plan_sha256"),
            trace: None,
        };
        (read.to_kept() == bytes).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission() -> BatchSubmission {
        BatchSubmission {
            locales: vec!["fr-FR".to_owned(), "de-DE".to_owned()],
            grounding_modes: vec!["UNGROUNDED".to_owned()],
            replicates: 3,
            inputs: Json::parse(br#"{"n":0.10,"product":"a \"b\""}"#).unwrap(),
            drift_policy: "hard".to_owned(),
            max_parallel: Some(2),
            expected_plan_sha256: Some("ab".repeat(32)),
            trace: None,
        }
    }

    #[test]
    fn what_is_kept_is_read_back_whole() {
        let full = submission();
        let bare = BatchSubmission {
            inputs: Json::Null,
            max_parallel: None,
            expected_plan_sha256: None,
            ..submission()
        };
        for kept in [full, bare] {
            assert_eq!(BatchSubmission::from_kept(&kept.to_kept()), Some(kept));
        }
    }

    #[test]
    fn what_was_not_written_here_is_not_read() {
        let kept = String::from_utf8(submission().to_kept()).unwrap();
        for other in [
            kept.replace("\"replicates\":3", "\"replicates\":3.5"),
            kept.replace("\"drift_policy\":\"hard\",", ""),
            kept.replacen('{', "{\"a\":1,", 1),
            kept.replace("\"max_parallel\":2", "\"max_parallel\":\"2\""),
            "[]".to_owned(),
        ] {
            assert_eq!(BatchSubmission::from_kept(other.as_bytes()), None, "{other}");
        }
    }
}
