//! The exchanges of one attempt, in order.

use std::time::Instant;

use stet_domain::Digest;
use stet_domain::answer::Answer;
use stet_domain::usage::TokenUsage;
use stet_domain::verify::CANARY_PURPOSE;
use stet_ops::rows::ExchangeRow;
use stet_provider::{Call, Exchange, Failure, Outcome, ProviderClient};

use crate::admissions::Spent;
use crate::meter;

/// What an exchange is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Answer,
    Provoker,
    Step2,
    Probe,
    Canary,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Provoker => "provoker",
            Self::Step2 => "step2",
            Self::Probe => "probe",
            Self::Canary => CANARY_PURPOSE,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Exchanges {
    rows: Vec<ExchangeRow>,
    spent: Spent,
}

impl Default for Exchanges {
    fn default() -> Self {
        Self { rows: Vec::new(), spent: Spent { calls: 0, tokens: Some(0) } }
    }
}

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
        self.spent.calls += 1;
        if let Ok(answer) = &result {
            self.spent.tokens =
                self.spent.tokens.zip(tokens(&answer.usage)).map(|(so_far, more)| so_far + more);
        }
        result.map(Answer::storable)
    }

    /// What they used of the provider's limits.
    pub(crate) const fn spent(&self) -> Spent {
        self.spent
    }

    /// The digest of the last request that was sent.
    pub(crate) fn last_request(&self) -> Option<Digest> {
        self.rows.last().map(|row| row.request_sha256)
    }

    fn add(&mut self, purpose: Purpose, exchange: Exchange) {
        self.rows.push(ExchangeRow {
            ordinal: u32::try_from(self.rows.len()).unwrap_or(u32::MAX),
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
        std::mem::take(&mut self.rows)
    }
}

/// Tokens read and written, where the provider tells both.
fn tokens(usage: &TokenUsage) -> Option<u64> {
    let (input, output) = usage.input.zip(usage.output)?;
    u64::try_from(input.saturating_add(output)).ok()
}
