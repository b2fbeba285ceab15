//! A strict reader of the query string.

use http::Uri;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use url::form_urlencoded;

use crate::fields::shown;
use crate::problem::Problem;

/// Bytes of a query string at most.
const MAX_BYTES: usize = 8_192;

/// The parameters of a request not yet taken. Offences carry `?name` in the place of a JSON pointer.
#[derive(Debug)]
pub(crate) struct Query {
    /// All parameters as sent, in their order.
    sent: Vec<(String, String)>,
    taken: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Query {
    /// The parameters of the address.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        let text = uri.query().unwrap_or_default();
        if text.len() > MAX_BYTES {
            let detail = format!("the query has {} bytes, at most {MAX_BYTES}", text.len());
            return Err(Problem::new(ErrorCode::BadRequest, detail));
        }
        let sent: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let mut query = Self { sent, taken: Vec::new(), errors: Vec::new() };
        // No column holds it, and not every engine takes it as a parameter.
        let null = query.sent.iter().find(|(_, value)| value.contains('\0')).map(|(name, _)| name.clone());
        if let Some(name) = null {
            let name: String = name.chars().take(64).collect();
            query.refuse(&name, ErrorCode::ValueNotAllowed, "the value has the character U+0000");
        }
        Ok(query)
    }

    /// The value of the parameter.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.taken.push(name);
        let mut values = self.sent.iter().filter(|(sent, _)| sent == name).map(|(_, value)| value.clone());
        let (first, second) = (values.next(), values.next());
        if second.is_some() {
            self.refuse(
                name,
                ErrorCode::ValueNotAllowed,
                format!("the parameter {name} is given more than once"),
            );
        }
        first
    }

    /// The parameter as `read` takes it; `expected` says what that is.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let read = read(&text);
        if read.is_none() {
            self.refuse(
                name,
                ErrorCode::ValueNotAllowed,
                format!("{} is not allowed; {expected}", shown(&text)),
            );
        }
        read
    }

    /// A flag: `true` or `false`; absent is false.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.parsed(name, "true or false", |text| text.parse().ok()).unwrap_or_default()
    }

    /// Notes an offence of the parameter.
    pub(crate) fn refuse(&mut self, name: &str, code: ErrorCode, detail: impl Into<String>) {
        self.errors.push(FieldError::new(format!("?{name}"), code, detail));
    }

    /// The parameters as sent, without those of the given names.
    pub(crate) fn without(&self, names: &[&str]) -> Vec<(String, String)> {
        self.sent.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect()
    }

    /// The address has no parameters.
    pub(crate) fn none(uri: &Uri) -> Result<(), Problem> {
        Self::of(uri)?.finish()
    }

    /// Nothing is left over and nothing was refused.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        let unknown: Option<String> =
            self.sent.iter().map(|(name, _)| name).find(|name| !self.taken.contains(&name.as_str())).cloned();
        if let Some(name) = unknown {
            let known = if self.taken.is_empty() { "none".to_owned() } else { self.taken.join(", ") };
            let detail = format!("the parameter {} is not known here; known: {known}", shown(&name));
            let name: String = name.chars().take(64).collect();
            self.refuse(&name, ErrorCode::UnknownField, detail);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::validation(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &'static str) -> Query {
        Query::of(&Uri::from_static(text)).unwrap()
    }

    #[test]
    fn parameters_are_decoded_and_all_are_accounted_for() {
        let mut read = query("/x?locale=de-DE&at=2026-01-01T00%3A00%3A00Z&dry_run=true");
        assert_eq!(read.text("locale").as_deref(), Some("de-DE"));
        assert_eq!(read.text("at").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert!(read.flag("dry_run"));
        assert!(!read.flag("other"));
        assert!(read.finish().is_ok());
    }

    #[test]
    fn unknown_repeated_and_unreadable_ones_are_refused_by_name() {
        let mut read = query("/x?a=1&a=2&flag=yes&b=3");
        assert_eq!(read.text("a").as_deref(), Some("1"));
        assert!(!read.flag("flag"));
        let problem = read.finish().unwrap_err();
        let found: Vec<(&str, &str)> =
            problem.errors.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
        assert_eq!(
            found,
            [("?a", "VALUE_NOT_ALLOWED"), ("?flag", "VALUE_NOT_ALLOWED"), ("?b", "UNKNOWN_FIELD")]
        );
    }
}
