//! Details of errors, by their types.

use std::collections::BTreeMap;

use serde::Serialize;

/// A detail.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "@type", rename_all_fields = "camelCase")]
pub(in crate::google) enum Detail {
    /// Why, by a constant.
    #[serde(rename = "type.googleapis.com/google.rpc.ErrorInfo")]
    ErrorInfo { reason: &'static str, domain: &'static str, metadata: BTreeMap<&'static str, &'static str> },
    /// The message again, in a language.
    #[serde(rename = "type.googleapis.com/google.rpc.LocalizedMessage")]
    LocalizedMessage { locale: &'static str, message: &'static str },
    /// Where to read on.
    #[serde(rename = "type.googleapis.com/google.rpc.Help")]
    Help { links: [Link; 1] },
    /// Which quota is used up.
    #[serde(rename = "type.googleapis.com/google.rpc.QuotaFailure")]
    QuotaFailure { violations: [QuotaViolation; 1] },
    /// When to come again: seconds, with the fraction and the `s` of a duration.
    #[serde(rename = "type.googleapis.com/google.rpc.RetryInfo")]
    RetryInfo { retry_delay: String },
    /// Which members are wrong.
    #[serde(rename = "type.googleapis.com/google.rpc.BadRequest")]
    BadRequest { field_violations: Vec<Violation> },
}

/// A link of a help.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::google) struct Link {
    pub(super) description: &'static str,
    pub(super) url: &'static str,
}

/// A quota that is used up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::google) struct QuotaViolation {
    #[serde(rename = "quotaMetric")]
    pub(super) metric: String,
    #[serde(rename = "quotaId")]
    pub(super) id: &'static str,
    #[serde(rename = "quotaDimensions")]
    pub(super) dimensions: BTreeMap<&'static str, String>,
    #[serde(rename = "quotaValue")]
    pub(super) value: &'static str,
}

/// A member that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::google) struct Violation {
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
    description: String,
}

impl Violation {
    /// A member that the message at `path` does not have.
    pub(in crate::google) fn unknown(path: &str, name: &str) -> Self {
        let at = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
        let description =
            format!("Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.");
        Self { field: path.to_owned(), description }
    }

    /// A member of another type.
    pub(in crate::google) fn value(path: &str, kind: &str, value: &str) -> Self {
        Self { field: path.to_owned(), description: format!("Invalid value at '{path}' ({kind}), {value}") }
    }

    pub(super) fn description(&self) -> &str {
        &self.description
    }
}

/// An error's reason.
pub(super) fn info<const N: usize>(
    reason: &'static str,
    metadata: [(&'static str, &'static str); N],
) -> Detail {
    Detail::ErrorInfo { reason, domain: "googleapis.com", metadata: metadata.into() }
}

/// The message again.
pub(super) fn localized(message: &'static str) -> Detail {
    Detail::LocalizedMessage { locale: "en-US", message }
}

/// When to come again.
pub(super) fn retry_info(delay_ms: u64) -> Detail {
    Detail::RetryInfo { retry_delay: duration(delay_ms) }
}

/// Milliseconds as a duration of protocol buffers.
pub(super) fn duration(ms: u64) -> String {
    match ms % 1_000 {
        0 => format!("{}s", ms / 1_000),
        fraction => format!("{}.{fraction:03}s", ms / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_with_a_fraction_where_there_is_one() {
        assert_eq!(duration(12_000), "12s");
        assert_eq!(duration(12_040), "12.040s");
        assert_eq!(duration(186), "0.186s");
    }
}
