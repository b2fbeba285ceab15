//! Problems: the one form of every answer of status 400 and above (RFC 9457; api.md, "Conventions").

mod of_operation;
mod of_status;

use std::borrow::Cow;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::value::RawValue;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;

use crate::fields::MAX_ERRORS as MAX_OFFENCES;
use crate::wire;

pub(crate) use of_operation::patch_between;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A client is told to come back after so many seconds where nothing better is known.
pub(crate) const RETRY_AFTER_SECONDS: u32 = 1;

/// A problem on its way out: [`crate::edge`] writes its body, for it alone knows the request's id.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// A [`stet_domain::code::CodeKind::Problem`] code; it decides the status.
    pub(crate) code: ErrorCode,
    /// What happened, naming the value and the limit.
    pub(crate) detail: Cow<'static, str>,
    /// Each offence of the body.
    pub(crate) errors: Vec<FieldError>,
    /// The patch from the stored body to the sent one, of an idempotency mismatch.
    pub(crate) patch: Option<Box<RawValue>>,
    /// Seconds after which the same request may succeed.
    pub(crate) retry_after: Option<u32>,
}

impl Problem {
    /// A problem with nothing but a detail.
    pub(crate) fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), patch: None, retry_after: None }
    }

    /// The answer to an id that names nothing, whether it is unknown, foreign or no id at all.
    pub(crate) fn not_found(what: &'static str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    /// What is readable and not acceptable.
    pub(crate) fn validation(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", shown_pointer(&one.pointer), one.detail),
            several if several.len() < MAX_OFFENCES => {
                format!("{} offences; `errors` names each", several.len())
            }
            // Whoever collects them stops there.
            several => format!("at least {} offences; `errors` names the first", several.len()),
        };
        Self { errors, ..Self::new(ErrorCode::ValidationFailed, detail) }
    }

    /// A single offence.
    pub(crate) fn field(pointer: impl Into<String>, code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::validation(vec![FieldError::new(pointer, code, detail)])
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body, for the request of that id.
    pub(crate) fn body(&self, status: StatusCode, request_id: &str) -> wire::Problem {
        wire::Problem {
            kind: problem_type(self.code),
            title: self.code.doc().to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone().into_owned(),
            instance: request_id.to_owned(),
            code: self.code.as_str().to_owned(),
            errors: self.errors.iter().map(wire::ProblemField::from).collect(),
            patch: self.patch.clone(),
        }
    }
}

/// The stable `type` of a code's problems: `/problems/` and the code in kebab case.
#[must_use]
pub fn problem_type(code: ErrorCode) -> String {
    format!("/problems/{}", code.as_str().to_ascii_lowercase().replace('_', "-"))
}

fn shown_pointer(pointer: &str) -> &str {
    if pointer.is_empty() { "the body" } else { pointer }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == ErrorCode::Unauthenticated {
            let challenge = HeaderValue::from_static("Bearer realm=\"stet\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_stable_and_distinct() {
        assert_eq!(problem_type(ErrorCode::ValidationFailed), "/problems/validation-failed");
        let types: std::collections::BTreeSet<_> =
            ErrorCode::ALL.iter().map(|code| problem_type(*code)).collect();
        assert_eq!(types.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn one_offence_is_told_in_the_detail_and_several_are_counted() {
        let offence = |pointer: &str| FieldError::new(pointer, ErrorCode::Empty, "may not be empty");
        assert_eq!(Problem::validation(vec![offence("/name")]).detail, "/name: may not be empty");
        assert_eq!(Problem::validation(vec![offence("")]).detail, "the body: may not be empty");
        let several = Problem::validation(vec![offence("/a"), offence("/b")]);
        assert_eq!(several.detail, "2 offences; `errors` names each");
        let many = Problem::validation(vec![offence("/a"); MAX_OFFENCES]);
        assert_eq!(many.detail, "at least 100 offences; `errors` names the first");
        assert_eq!(several.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
