//! Statuses by their numbers, and the errors that a scenario names by them.

use super::detail::{info, retry_info};
use super::{ApiError, Surface};

/// The canonical name of a status.
pub(super) const fn name(code: u16) -> &'static str {
    match code {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        500 => "INTERNAL",
        501 => "UNIMPLEMENTED",
        408 | 504 => "DEADLINE_EXCEEDED",
        502 | 503 => "UNAVAILABLE",
        505.. => "UNKNOWN",
        _ => "INVALID_ARGUMENT",
    }
}

impl ApiError {
    /// An error status with the body that goes with it.
    pub(in crate::google) fn status(surface: Surface, code: u16, retry_after_s: Option<u64>) -> Self {
        let message = match code {
            400 => {
                let error = Self::invalid("User location is not supported for the API use.");
                return Self { status: "FAILED_PRECONDITION", ..error };
            }
            401 => return Self::token(),
            403 => return Self::disabled(surface),
            404 => "Requested entity was not found.",
            408 | 504 => "Deadline expired before operation could complete.",
            429 => "Resource has been exhausted (e.g. check quota).",
            500 => {
                "An internal error has occurred. Please retry or report in \
                 https://developers.generativeai.google/guide/troubleshooting"
            }
            502 => "The server received an invalid response from an upstream server.",
            503 => "The model is overloaded. Please try again later.",
            501.. => "The service could not complete the request.",
            _ => "Request contains an invalid argument.",
        };
        Self::new(code, message).with(retry_after_s.map(|seconds| retry_info(seconds.saturating_mul(1_000))))
    }

    /// A project that has not turned the service on.
    fn disabled(surface: Surface) -> Self {
        let service = surface.service();
        let message =
            format!("{service} has not been used in project 123456789012 before or it is disabled.");
        let metadata = [("service", service), ("consumer", "projects/123456789012")];
        Self::new(403, message).with([info("SERVICE_DISABLED", metadata)])
    }
}
