//! Attempts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use stet_store::{AttemptRow, ExchangeRow};
use utoipa::ToSchema;

/// All attempts at one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attempts {
    /// Oldest first.
    pub items: Vec<Attempt>,
}

/// One try at a run, or at a batch's preflight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// The number of the claim that it belongs to.
    pub fence: i64,
    /// The process that made it.
    pub worker: String,
    /// When it was claimed.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// `recorded`, `retried`, `fenced`, `lost` or `released`; `null` while it runs.
    pub outcome: Option<String>,
    /// The error that ended it.
    pub error_code: Option<String>,
    /// What is known of that error.
    pub error_detail: Option<String>,
    /// Its exchanges with the provider, in order.
    pub exchanges: Vec<Exchange>,
}

/// One exchange with a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exchange {
    /// Its place in the attempt, from 0.
    pub ordinal: u32,
    /// `answer`, `provoker` or `step2`; in a preflight `probe` or `canary`.
    pub purpose: String,
    /// The digest of the request's body.
    pub request_sha256: String,
    /// The exact bytes sent.
    pub request_body: Payload,
    /// The status of the reply, where one came.
    pub reply_status: Option<u16>,
    /// The provider's request id.
    pub provider_request_id: Option<String>,
    /// The bytes of the reply as far as they came.
    pub reply_body: Payload,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
}

/// Bytes that are text nearly always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payload {
    /// `utf-8`, or `base64` for what is no UTF-8.
    pub encoding: String,
    /// The bytes in that encoding.
    pub data: String,
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(data) => Self { encoding: "utf-8".to_owned(), data },
            Err(error) => Self { encoding: "base64".to_owned(), data: STANDARD.encode(error.as_bytes()) },
        }
    }
}

impl From<Vec<AttemptRow>> for Attempts {
    fn from(rows: Vec<AttemptRow>) -> Self {
        Self { items: rows.into_iter().map(Attempt::from).collect() }
    }
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        Self {
            fence: row.fence.0,
            worker: row.worker,
            started_at: row.started_at.to_string(),
            finished_at: row.finished_at.map(|at| at.to_string()),
            outcome: row.outcome.map(|outcome| outcome.to_string()),
            error_code: row.error_code.map(|code| code.to_string()),
            error_detail: row.error_detail,
            exchanges: row.exchanges.into_iter().map(Exchange::from).collect(),
        }
    }
}

impl From<ExchangeRow> for Exchange {
    fn from(row: ExchangeRow) -> Self {
        Self {
            ordinal: row.ordinal,
            purpose: row.purpose,
            request_sha256: row.request_sha256.to_string(),
            request_body: row.request_body.into(),
            reply_status: row.reply_status,
            provider_request_id: row.provider_request_id,
            reply_body: row.reply_body.into(),
            latency_ms: row.latency_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_where_they_can_be() {
        let payload = |bytes: &[u8]| Payload::from(bytes.to_vec());
        assert_eq!(payload("ä".as_bytes()), Payload { encoding: "utf-8".into(), data: "ä".into() });
        assert_eq!(payload(&[0xff]), Payload { encoding: "base64".into(), data: "/w==".into() });
    }
}
