//! Problems (RFC 9457).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stet_domain::field::FieldError;
use utoipa::ToSchema;

/// What every answer of status 400 and above says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `/problems/` and the code in kebab case.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's sentence, the same each time.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What happened this time, naming the value and the limit.
    pub detail: String,
    /// The request's id, as in `x-request-id`.
    pub instance: String,
    /// The stable code.
    pub code: String,
    /// Each offence of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// Of an idempotency mismatch: the RFC 6902 patch from the stored body to the one sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub patch: Option<Box<RawValue>>,
}

/// One offence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemField {
    /// A JSON pointer (RFC 6901) into the body, or `?` and the name of a query parameter.
    pub pointer: String,
    /// The stable code.
    pub code: String,
    /// What is wrong, naming the value and the limit.
    pub detail: String,
}

impl From<&FieldError> for ProblemField {
    fn from(error: &FieldError) -> Self {
        Self {
            pointer: error.pointer.clone(),
            code: error.code.as_str().to_owned(),
            detail: error.detail.clone(),
        }
    }
}
