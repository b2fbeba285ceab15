//! One request, sent once.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use stet_domain::causes::with_causes;
use stet_domain::code::ErrorCode;
use stet_provider::{Failure, FailureClass};
use url::Url;

use super::{REPLY_MAX_BYTES, SetupError, Timeouts, tls};
use crate::fields::bounded;

/// Characters of a transport error's chain that a failure keeps.
const DETAIL_MAX_CHARS: usize = 500;

/// What is sent.
pub(crate) struct Request {
    pub(crate) method: reqwest::Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap<HeaderValue>,
    pub(crate) body: Option<Bytes>,
}

/// The head of a reply.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap<HeaderValue>,
}

/// What cut an exchange short, and the head, where it had come by then.
pub(crate) struct Broken {
    pub(crate) failure: Failure,
    pub(crate) head: Option<Head>,
}

/// What came of it; the body holds as much as arrived.
pub(crate) struct Sent {
    pub(crate) result: Result<Head, Broken>,
    pub(crate) body: Bytes,
    pub(crate) latency_ms: u64,
}

/// An HTTP client with this crate's bounds.
pub(crate) struct Transport {
    client: reqwest::Client,
    total: Duration,
}

impl Transport {
    /// A client for addresses like `base`.
    pub(crate) fn new(base: &Url, timeouts: Timeouts) -> Result<Self, SetupError> {
        let encrypted = match base.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(SetupError::Address(base.clone())),
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(encrypted)?)
            .https_only(encrypted)
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .tcp_nodelay(true)
            .user_agent(concat!("stet/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { client, total: timeouts.total })
    }

    /// Sends the request once and reads the reply to its end or to the cap.
    pub(crate) async fn send(&self, request: Request) -> Sent {
        let start = Instant::now();
        let mut head = None;
        let mut buffer = BytesMut::new();
        let exchange = self.exchange(request, &mut head, &mut buffer);
        let ended = tokio::time::timeout(self.total, exchange).await.unwrap_or_else(|_elapsed| {
            let detail = format!("no end of the reply after {} ms", self.total.as_millis());
            Err(failure(ErrorCode::ProviderTimeout, FailureClass::Retryable, &detail))
        });
        let result = match (ended, head) {
            (Ok(()), Some(head)) => Ok(head),
            (Ok(()), None) => {
                let failure =
                    failure(ErrorCode::ProviderUnreachable, FailureClass::Retryable, "the reply has no head");
                Err(Broken { failure, head: None })
            }
            (Err(failure), head) => Err(Broken { failure, head }),
        };
        let latency_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Sent { result, body: buffer.freeze(), latency_ms }
    }

    async fn exchange(
        &self,
        request: Request,
        head: &mut Option<Head>,
        buffer: &mut BytesMut,
    ) -> Result<(), Failure> {
        let mut builder = self.client.request(request.method, request.url).headers(request.headers);
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let mut reply = builder.send().await.map_err(|error| broken(&error))?;
        let headers = std::mem::take(reply.headers_mut());
        *head = Some(Head { status: reply.status().as_u16(), headers });
        while let Some(piece) = reply.chunk().await.map_err(|error| broken(&error))? {
            let room = REPLY_MAX_BYTES - buffer.len();
            buffer.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() > room {
                let detail = format!("the reply is larger than {REPLY_MAX_BYTES} bytes");
                return Err(failure(ErrorCode::ProviderAnswerTooLarge, FailureClass::Final, &detail));
            }
        }
        Ok(())
    }
}

/// A connection that could not be opened, broke, or fell silent; the address is not repeated.
fn broken(error: &reqwest::Error) -> Failure {
    let code = if error.is_timeout() { ErrorCode::ProviderTimeout } else { ErrorCode::ProviderUnreachable };
    let phase = if error.is_connect() {
        "no connection"
    } else if error.is_body() || error.is_decode() {
        "the reply broke off"
    } else {
        "the exchange broke off"
    };
    let detail = match std::error::Error::source(error) {
        None => phase.to_owned(),
        Some(cause) => format!("{phase}: {}", with_causes(cause)),
    };
    failure(code, FailureClass::Retryable, &detail)
}

fn failure(code: ErrorCode, class: FailureClass, detail: &str) -> Failure {
    Failure { code, class, detail: bounded(detail, DETAIL_MAX_CHARS), retry_after_ms: None }
}
