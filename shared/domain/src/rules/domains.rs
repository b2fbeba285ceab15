//! The domains that search is restricted to are host names.

use stet_canon::Json;

use crate::code::ErrorCode;
use crate::field::{FieldError, shown};

/// Every offence of `grounding.allowed_domains` in a `config` as submitted, which keeps the places: a template has the list sorted.
#[must_use]
pub fn check_domains(config: &Json) -> Vec<FieldError> {
    let domains = config.get("grounding").and_then(|grounding| grounding.get("allowed_domains"));
    let domains = domains.and_then(Json::as_array).unwrap_or_default();
    let texts = domains.iter().enumerate().filter_map(|(index, domain)| Some((index, domain.as_str()?)));
    texts
        .filter(|(_, text)| !is_host_name(text))
        .map(|(index, text)| {
            let detail = format!(
                "{} is no host name: letters, digits and hyphens, in labels of 1 to 63 joined by dots",
                shown(text)
            );
            FieldError::new(format!("/grounding/allowed_domains/{index}"), ErrorCode::ValueNotAllowed, detail)
        })
        .collect()
}

/// RFC 1123, 2.1.
fn is_host_name(text: &str) -> bool {
    text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_have_neither_scheme_nor_path() {
        for good in ["example.org", "a.b-c.example", "xn--bcher-kva.example", "3com.com", "EXAMPLE.org"] {
            assert!(is_host_name(good), "{good}");
        }
        let long = format!("{}.org", "a".repeat(64));
        for bad in [
            "",
            "https://example.org",
            "example.org/path",
            "example.org:443",
            "*.example.org",
            ".org",
            "org.",
            "a..b",
            "-a.org",
            "a-.org",
            "a b.org",
            "bücher.example",
            "a_b.org",
            long.as_str(),
        ] {
            assert!(!is_host_name(bad), "{bad}");
        }
    }

    #[test]
    fn offences_stand_where_they_were_submitted() {
        let config = br#"{"grounding":{"allowed_domains":["z.org","https://a.org","b.org","c.org/x"]}}"#;
        let errors = check_domains(&Json::parse(config).unwrap());
        let found: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
        let code = ErrorCode::ValueNotAllowed;
        assert_eq!(found, [("/grounding/allowed_domains/1", code), ("/grounding/allowed_domains/3", code)]);
        assert!(errors[0].detail.contains("https://a.org"), "{}", errors[0].detail);
        assert!(check_domains(&Json::Null).is_empty());
    }
}
