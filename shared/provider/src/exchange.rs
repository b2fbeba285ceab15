//! The record of one exchange with a provider.

use bytes::Bytes;
use stet_domain::Digest;

/// The head of a reply, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyHead {
    /// The HTTP status.
    pub status: u16,
    /// The provider's request id header.
    pub request_id: Option<String>,
}

/// One request and what came back, bytes kept as they were; nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The exact bytes sent.
    pub request_body: Bytes,
    /// Their digest.
    pub request_sha256: Digest,
    /// The head of the reply, where one came.
    pub reply: Option<ReplyHead>,
    /// The reply's bytes as far as they came, at most the transport's cap.
    pub reply_body: Bytes,
    /// From the first byte sent to the last received, in milliseconds.
    pub latency_ms: u64,
}
