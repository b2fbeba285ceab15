//! Errors in the vendor's envelope (providers-wire.md §2.4).

mod detail;
mod quota;
mod status;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

pub(super) use detail::Violation;
use detail::{Detail, info, localized};

use super::surface::{Surface, Target};

/// An error as the vendor would answer it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ApiError {
    code: u16,
    status: &'static str,
    message: String,
    details: Vec<Detail>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    code: u16,
    message: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "<[Detail]>::is_empty")]
    details: &'a [Detail],
}

impl ApiError {
    fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, status: status::name(code), message: message.into(), details: Vec::new() }
    }

    fn with(self, details: impl IntoIterator<Item = Detail>) -> Self {
        Self { details: details.into_iter().collect(), ..self }
    }

    /// A request that cannot be served: 400.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A field's value that cannot be served, in the words of each interface.
    pub(super) fn field(surface: Surface, field: &str, developer: &str, vertex: &str) -> Self {
        const MORE: &str =
            "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini";
        Self::invalid(match surface {
            Surface::Developer => format!("* GenerateContentRequest.{field}: {developer}\n"),
            Surface::Vertex => format!("Unable to submit request because {vertex}. {MORE}"),
        })
    }

    /// Members that the request's message does not have, or that are of another type.
    pub(super) fn violations(violations: Vec<Violation>) -> Self {
        let message = violations.iter().map(Violation::description).collect::<Vec<_>>().join("\n");
        Self::invalid(message).with([Detail::BadRequest { field_violations: violations }])
    }

    /// A body that is no JSON.
    pub(super) fn unparsable() -> Self {
        Self::invalid("Invalid JSON payload received. Unexpected token.\n^")
    }

    /// A key that is not accepted.
    pub(super) fn key() -> Self {
        const MESSAGE: &str = "API key not valid. Please pass a valid API key.";
        let info = info("API_KEY_INVALID", [("service", Surface::Developer.service())]);
        Self::invalid(MESSAGE).with([info, localized(MESSAGE)])
    }

    /// A call without a key.
    pub(super) fn unregistered() -> Self {
        Self::new(
            403,
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or \
             other form of API consumer identity to call this API.",
        )
    }

    /// A call without an access token.
    pub(super) fn no_token() -> Self {
        Self::unauthenticated("Request is missing required authentication credential.", "CREDENTIALS_MISSING")
    }

    /// An access token that is not accepted.
    pub(super) fn token() -> Self {
        Self::unauthenticated("Request had invalid authentication credentials.", "ACCESS_TOKEN_EXPIRED")
    }

    fn unauthenticated(what: &str, reason: &'static str) -> Self {
        let message = format!(
            "{what} Expected OAuth 2 access token, login cookie or other valid authentication credential. See \
             https://developers.google.com/identity/sign-in/web/devconsole-project."
        );
        Self::new(401, message).with([info(reason, [("service", Surface::Vertex.service())])])
    }

    /// A model that does not exist, or that does not have the method.
    pub(super) fn model(target: &Target, method: &str) -> Self {
        let Target { surface, resource, .. } = target;
        Self::new(
            404,
            match surface {
                Surface::Developer => format!(
                    "{resource} is not found for API version v1beta, or is not supported for {method}. Call ListModels \
                     to see the list of available models and their supported methods."
                ),
                Surface::Vertex => format!("Publisher Model `{resource}` not found."),
            },
        )
    }

    /// The reply; its other headers are the handler's.
    pub(super) fn reply(&self) -> Response<Body> {
        let mut reply = Response::new(Body::from(self.body()));
        *reply.status_mut() = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = HeaderValue::from_static("application/json; charset=UTF-8");
        reply.headers_mut().insert(CONTENT_TYPE, json);
        if self.code == 401 {
            let realm = HeaderValue::from_static("Bearer realm=\"https://accounts.google.com/\"");
            reply.headers_mut().insert("www-authenticate", realm);
        }
        reply
    }

    fn body(&self) -> String {
        let Self { code, status, message, details } = self;
        let envelope = Envelope { error: Inner { code: *code, message, status, details } };
        serde_json::to_string_pretty(&envelope).expect("an error has nothing that JSON does not have")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn body(error: &ApiError) -> Value {
        serde_json::from_str(&error.body()).unwrap()
    }

    #[test]
    fn a_bad_key_is_a_bad_request_with_its_reason() {
        let body = body(&ApiError::key());
        assert_eq!(body["error"]["code"], 400);
        assert_eq!(body["error"]["status"], "INVALID_ARGUMENT");
        let details = &body["error"]["details"];
        assert_eq!(details[0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
        assert_eq!(details[0]["reason"], "API_KEY_INVALID");
        assert_eq!(details[0]["metadata"]["service"], "generativelanguage.googleapis.com");
        assert_eq!(details[1]["locale"], "en-US");
    }

    #[test]
    fn a_model_that_is_missing_is_named_as_each_interface_names_it() {
        let developer = body(&ApiError::model(&Target::developer("m"), "generateContent"));
        assert_eq!(
            (&developer["error"]["code"], &developer["error"]["status"]),
            (&404.into(), &"NOT_FOUND".into())
        );
        assert!(
            developer["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with("models/m is not found for API version")
        );
        assert!(developer["error"].get("details").is_none());
        let vertex = body(&ApiError::model(&Target::vertex("p", "l", "m"), "generateContent"));
        let words = "Publisher Model `projects/p/locations/l/publishers/google/models/m` not found.";
        assert_eq!(vertex["error"]["message"], words);
    }
}
