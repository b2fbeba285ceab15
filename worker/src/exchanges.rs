//! The exchanges of one attempt, in order.

use std::time::Instant;

use stet_domain::answer::Answer;
use stet_ops::rows::ExchangeRow;
use stet_provider::{Call, Exchange, Failure, Outcome, ProviderClient};

use crate::meter;

/// What an exchange is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Answer,
    Provoker,
    Step2,
    Probe,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Provoker => "provoker",
            Self::Step2 => "step2",
            Self::Probe => "probe",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Exchanges(Vec<ExchangeRow>);

impl Exchanges {
    /// Calls the provider once and keeps the exchange, whatever came of it.
    pub(crate) async fn call(
        &mut self,
        purpose: Purpose,
        client: &dyn ProviderClient,
        call: &Call,
    ) -> Result<Answer, Failure> {
        let begun = Instant::now();
        let Outcome { exchange, result } = client.generate(call).await;
        let failed = result.as_ref().err().map(|failure| failure.code);
        meter::provider_called(client.api().provider, failed, begun.elapsed());
        self.add(purpose, exchange);
        result.map(Answer::storable)
    }

    fn add(&mut self, purpose: Purpose, exchange: Exchange) {
        self.0.push(ExchangeRow {
            ordinal: u32::try_from(self.0.len()).unwrap_or(u32::MAX),
            purpose: purpose.as_str().to_owned(),
            request_sha256: exchange.request_sha256,
            request_body: exchange.request_body.into(),
            reply_status: exchange.reply.as_ref().map(|head| head.status),
            provider_request_id: exchange.reply.and_then(|head| head.request_id),
            reply_body: exchange.reply_body.into(),
            latency_ms: exchange.latency_ms,
        });
    }

    /// All of them; none are left.
    pub(crate) fn take(&mut self) -> Vec<ExchangeRow> {
        std::mem::take(&mut self.0)
    }
}
