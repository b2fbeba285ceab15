//! What the calls of one attempt bring: an answer, a provoked one in its place, and the reshaping of it.

use stet_domain::answer::Answer;
use stet_domain::usage::TokenUsage;
use stet_provider::{Failure, ProviderClient};

use super::ask::{Ask, is_complete};
use crate::exchanges::{Exchanges, Purpose};

/// What the provider brought for one attempt.
pub(super) struct Brought {
    /// The answer that is judged, and that the evidence is of.
    pub(super) answer: Answer,
    /// The provoker line, where its try's answer is the result.
    pub(super) provoker: Option<String>,
    /// What the reshaping step brought, where it was asked.
    pub(super) step2: Option<Result<Answer, Failure>>,
}

impl Brought {
    /// Calls the provider: for the answer, and where the cell goes two steps and the answer is worth it for the reshaping of it.
    ///
    /// # Errors
    /// The failure of a call without which nothing can be said; one of the reshaping step is among what was brought.
    pub(super) async fn by(
        ask: &Ask,
        client: &dyn ProviderClient,
        exchanges: &mut Exchanges,
    ) -> Result<Self, Failure> {
        let (answer, provoker) = first_step(ask, client, exchanges).await?;
        let step2 = match ask.step2_call(&answer, provoker.is_some()) {
            Some(call) => Some(exchanges.call(Purpose::Step2, client, &call).await),
            None => None,
        };
        Ok(Self { answer, provoker, step2 })
    }

    /// The answer of the reshaping step.
    pub(super) fn reshaped(&self) -> Option<&Answer> {
        self.step2.as_ref()?.as_ref().ok()
    }

    /// Why the reshaping step brought no answer.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.step2.as_ref()?.as_ref().err()
    }

    /// The tokens of the answers that the result is made of.
    pub(super) fn usage(&self) -> TokenUsage {
        self.reshaped().map_or(self.answer.usage, |reshaped| self.answer.usage.plus(reshaped.usage))
    }
}

/// Calls once more with the provoker line where the template has one and the first answer brought no evidence. If that try ends successfully its
/// answer is the result, evidence or not, else the first (providers.md, Requests 6).
async fn first_step(
    ask: &Ask,
    client: &dyn ProviderClient,
    exchanges: &mut Exchanges,
) -> Result<(Answer, Option<String>), Failure> {
    let answer = exchanges.call(Purpose::Answer, client, &ask.call()).await?;
    let Some(provoker) = ask.provoker_for(&answer) else { return Ok((answer, None)) };
    match exchanges.call(Purpose::Provoker, client, &ask.provoked_call(provoker)).await {
        Ok(last) if is_complete(&last) => Ok((last, Some(provoker.to_owned()))),
        Ok(_) | Err(_) => Ok((answer, None)),
    }
}
