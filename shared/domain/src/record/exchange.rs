//! What was exchanged with the provider, as the seal of a run covers it.

use stet_canon::{Digest, Json, Members};

/// One exchange of the attempt that brought a run's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeRecord<'a> {
    /// Its place in the attempt, from 0.
    pub ordinal: u32,
    /// What it was for.
    pub purpose: &'a str,
    /// The digest of the request as sent.
    pub request_sha256: Digest,
    /// The bytes of the reply as far as they came.
    pub reply_body: &'a [u8],
    /// The status of the reply, where one came.
    pub reply_status: Option<u16>,
    /// The provider's request id.
    pub provider_request_id: Option<&'a str>,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
}

impl ExchangeRecord<'_> {
    /// Its columns under their names, the reply as its digest; the order is that in which they are compared.
    pub(crate) fn columns(&self) -> [(&'static str, Json); 7] {
        [
            ("ordinal", self.ordinal.into()),
            ("purpose", self.purpose.into()),
            ("request_sha256", self.request_sha256.into()),
            ("reply_body", Digest::of(self.reply_body).into()),
            ("reply_status", self.reply_status.map(u32::from).into()),
            ("provider_request_id", self.provider_request_id.into()),
            ("latency_ms", self.latency_ms.into()),
        ]
    }
}

/// The canonical JSON of the exchanges in their order: it is stored beside the run and the HMAC covers it.
#[must_use]
pub fn sealed_exchanges(exchanges: &[ExchangeRecord<'_>]) -> Vec<u8> {
    let listed: Json = exchanges
        .iter()
        .map(|exchange| Json::from(exchange.columns().into_iter().collect::<Members>()))
        .collect();
    listed.to_canonical_bytes()
}
