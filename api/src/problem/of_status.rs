//! Answers that the framework made itself.

use http::{Method, StatusCode};
use stet_domain::code::ErrorCode;

use super::Problem;

impl Problem {
    /// The problem of an answer that came with a status alone: the router's own rejections.
    pub(crate) fn of_status(status: StatusCode, method: &Method) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(ErrorCode::NotFound, "there is no such path"),
            StatusCode::METHOD_NOT_ALLOWED => {
                // The router writes `Allow` when this body is long made.
                let shown: String = method.as_str().chars().take(32).collect();
                let detail = format!("{shown} is not allowed on this path; the header Allow lists what is");
                Self::new(ErrorCode::MethodNotAllowed, detail)
            }
            StatusCode::REQUEST_TIMEOUT => {
                Self::new(ErrorCode::RequestTimeout, "the request did not arrive in time")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(ErrorCode::BodyTooLarge, "the body is larger than this route takes")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::new(ErrorCode::UnsupportedMediaType, "the body must be application/json")
            }
            other if other.is_client_error() => {
                Self::new(ErrorCode::BadRequest, "the request cannot be read")
            }
            _server_error => Self::internal(),
        }
    }

    /// The server failed: the client learns where to look, the log what it was.
    pub(crate) fn internal() -> Self {
        Self::new(ErrorCode::Internal, "the server failed; the log has the cause under this request id")
    }

    /// The server cannot serve now.
    pub(crate) fn unavailable(detail: &'static str) -> Self {
        Self { retry_after: Some(super::RETRY_AFTER_SECONDS), ..Self::new(ErrorCode::Unavailable, detail) }
    }
}
