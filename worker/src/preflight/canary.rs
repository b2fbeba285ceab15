//! The canary prompts of a template, sent at every preflight and resume that passes (providers.md, "Version, fingerprint, drift").

use stet_domain::canary::{CanaryAnswer, CanaryOutcome, CanaryOutcomes};
use stet_domain::code::ErrorCode;
use stet_domain::lock::Observation;
use stet_domain::retry::{Decision, decide};
use stet_domain::rules::canary_temperature;
use stet_domain::{Digest, template::Role};
use stet_ops::rows::PreflightClaim;
use stet_provider::{Call, Failure, Generation, OutputForm, ProviderClient, Turn};
use tokio::time::{Instant, timeout_at};

use crate::exchanges::{Exchanges, Purpose};
use crate::templates::Prepared;

/// Tokens of an answer at most, those of reasoning among them. Another bound makes other requests, whose answers are not compared.
const CANARY_OUTPUT_TOKENS: u32 = 1_024;

/// What the prompts are sent with.
pub(super) struct Canaries<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) claim: &'a PreflightClaim,
    pub(super) client: &'a dyn ProviderClient,
    /// What the probe of this look saw.
    pub(super) probe: &'a Observation,
    /// When the rest is given up: what is left of the claim is for writing down what came.
    pub(super) until: Instant,
    /// `RETRY_MAX_ATTEMPTS`.
    pub(super) max_attempts: u32,
}

impl Canaries<'_> {
    /// Sends the prompts one after another, as one call has leave; `None` where the template has none.
    ///
    /// A failure that another try may pass, or that pauses a batch, is the preflight's like one of the probe. Any other is recorded of its prompt and
    /// fails nothing.
    ///
    /// # Errors
    /// The failure that puts the preflight off.
    pub(super) async fn send(&self, exchanges: &mut Exchanges) -> Result<Option<CanaryOutcomes>, Failure> {
        let Some(prompts) = &self.prepared.template.canary else { return Ok(None) };
        let mut outcomes = Vec::with_capacity(prompts.len());
        for (place, prompt) in prompts.iter().enumerate() {
            outcomes.push(self.ask(&self.call(place, prompt), exchanges).await?);
        }
        Ok(Some(CanaryOutcomes(outcomes)))
    }

    async fn ask(&self, call: &Call, exchanges: &mut Exchanges) -> Result<CanaryOutcome, Failure> {
        let answered = timeout_at(self.until, exchanges.call(Purpose::Canary, self.client, call)).await;
        let answer = match answered {
            // Nothing was exchanged that could be kept.
            Err(_elapsed) => return Ok(CanaryOutcome::unasked(ErrorCode::ProviderTimeout)),
            Ok(Ok(answer)) => CanaryAnswer::of(&answer, self.probe),
            Ok(Err(failure)) => match self.decision(&failure) {
                Decision::Retry { .. } | Decision::Pause => return Err(failure),
                Decision::GiveUp => CanaryAnswer::Failed(failure.code),
            },
        };
        Ok(CanaryOutcome { request_sha256: exchanges.last_request(), answer })
    }

    fn decision(&self, failure: &Failure) -> Decision {
        decide(failure.class, self.claim.attempts, self.max_attempts, failure.retry_after_ms, 0)
    }

    /// The same bytes and the same id at every look, so that answers can be compared.
    fn call(&self, place: usize, prompt: &str) -> Call {
        let template = &self.prepared.template;
        let named = format!("canary:{}:{place}", self.claim.row.batch_sha256);
        Call {
            model: template.model_version_constraint.clone(),
            system: None,
            turns: vec![Turn { role: Role::User, content: prompt.to_owned() }],
            generation: Generation {
                temperature: canary_temperature(template),
                top_p: None,
                seed: template.generation.seed,
                max_output_tokens: Some(CANARY_OUTPUT_TOKENS),
                reasoning_effort: template.generation.reasoning_effort,
                stop: Vec::new(),
            },
            output: OutputForm::Text,
            search: None,
            client_request_id: Digest::of(named.as_bytes()),
            trace: None,
        }
    }
}
