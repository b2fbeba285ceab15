//! Replies of Vertex AI.

use reqwest::header::HeaderMap;
use stet_domain::Provider;
use stet_domain::versions::ListingFailure;
use stet_provider::{Answer, Failure};

use crate::generate_content::{self, Page, Shape};

/// How the list of models is spelt.
const SHAPE: Shape = Shape { provider: Provider::Vertex, models: "publisherModels", mark: "versionId" };

/// Reads a whole reply of `POST /v1/projects/{project}/locations/{location}/publishers/google/models/{model}:generateContent`.
///
/// # Errors
/// The failure that the status, the error's status and details or the unreadable body stands for.
pub fn decode(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Failure> {
    generate_content::decode(Provider::Vertex, status, headers, body)
}

/// Reads a whole reply of `GET /v1beta1/publishers/google/models`, which is one page of the list.
///
/// # Errors
/// The class of the failure, as in runs; what is no list, or a model without a name, is `PROVIDER_BAD_ANSWER`.
pub fn decode_listing(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Page, ListingFailure> {
    generate_content::read(&SHAPE, status, headers, body)
}
