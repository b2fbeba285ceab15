//! One way over the wire for every vendor: bounded in time and size, never redirected, never repeated.

mod redact;
mod send;
mod tls;

use std::time::Duration;

pub(crate) use redact::Redaction;
pub(crate) use send::{Broken, Head, Request, Sent, Transport};

/// Bytes of a reply that are read; what is larger ends in `PROVIDER_ANSWER_TOO_LARGE`.
pub const REPLY_MAX_BYTES: usize = 10 * 1024 * 1024;

/// How long each part of an exchange may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// Between two pieces of a reply, and before the first.
    pub read: Duration,
    /// From the first byte sent to the last received.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 10 s to connect, 5 min for a silent provider (a reasoning model with a search says nothing for minutes), 10 min over all.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_mins(5),
            total: Duration::from_mins(10),
        }
    }
}

/// Why a client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address is neither http nor https, or cannot be a base.
    #[error("the provider's address {0} is no http or https base")]
    Address(url::Url),
    /// The key cannot stand in a header.
    #[error("the provider's key has characters that no header takes")]
    Key,
    /// The location cannot be part of a host.
    #[error("{0:?} is no location: lower-case letters, digits and hyphens")]
    Location(String),
    /// The project is empty.
    #[error("the project has no name")]
    Project,
    /// No trust anchors, or no usable cipher suites.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client refuses its options.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}
