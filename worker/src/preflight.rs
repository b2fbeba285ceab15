//! Preflight: one small call that shows which model answers, and the canary prompts where the template has any (system.md, "A batch" 2).

mod canary;
mod probe;

use std::time::Duration;

use stet_domain::answer::Answer;
use stet_domain::batch::ResumeLock;
use stet_domain::code::ErrorCode;
use stet_domain::echo::EchoDigests;
use stet_domain::ids::OrgId;
use stet_domain::lock::Observation;
use stet_domain::retry::{Decision, decide, gate_ms};
use stet_domain::verdict::{Offence, check_observation, drift};
use stet_ops::rows::{ExchangeRow, PreflightClaim};
use stet_ops::{OpError, Ops, PreflightEnd, PreflightLock, PreflightRetry};
use stet_provider::{Failure, FailureClass, ProviderClient};
use tokio::time::Instant;

use crate::admissions::{Admissions, Ticket};
use crate::away::written;
use crate::exchanges::{Exchanges, Purpose};
use crate::providers::Providers;
use crate::templates::{Prepared, Templates};
use canary::Canaries;
use probe::probe;

/// Tokens that a probe takes, about: its own few and the least of an answer.
pub(crate) const PROBE_TOKENS: u64 = 64;

/// Does preflights.
#[derive(Clone)]
pub(crate) struct Preflights {
    ops: Ops,
    providers: Providers,
    templates: Templates,
    admissions: Admissions,
}

impl Preflights {
    pub(crate) fn new(ops: Ops, providers: Providers, templates: Templates, admissions: Admissions) -> Self {
        Self { ops, providers, templates, admissions }
    }

    /// Does one claimed preflight within `trusted`, and settles its leave; what cannot be written is left to the lease.
    pub(crate) async fn execute(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        leave: &Ticket,
        trusted: Duration,
    ) {
        // The last quarter is for the look-up and for writing down what came.
        let until = Instant::now() + trusted * 3 / 4;
        let mut exchanges = Exchanges::default();
        let done = self.attempt(org, claim, &mut exchanges, until).await;
        leave.settle(exchanges.spent());
        if let Err(error) = done {
            tracing::warn!(%org, batch = %claim.row.id, %error, "a preflight could not be recorded and is done again");
        }
    }

    /// Hands a claimed preflight back unfinished: due at once, nothing burned (reliability.md rule 12).
    pub(crate) async fn give_back(&self, org: &OrgId, claim: &PreflightClaim) {
        let id = claim.row.id;
        if let Err(error) = self.ops.release_preflight(org, id, claim.fence).await {
            tracing::warn!(%org, batch = %id, %error, "a preflight could not be handed back and waits for its lease");
        }
    }

    /// Ends the attempt of a preflight whose claim, which nobody renews, is about to end: without this a silent provider would be asked for ever.
    pub(crate) async fn time_out(&self, org: &OrgId, claim: &PreflightClaim, waited: Duration) {
        let failure = Failure {
            code: ErrorCode::ProviderTimeout,
            class: FailureClass::Retryable,
            detail: format!("no answer to the probe after {} ms", waited.as_millis()),
            retry_after_ms: None,
        };
        let told = tokio::time::timeout(waited / 5, self.try_again(org, claim, failure, Vec::new()));
        match told.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%org, batch = %claim.row.id, %error, "a preflight outlived its claim and is done again");
            }
            Err(_silence) => {
                tracing::warn!(%org, batch = %claim.row.id, "a preflight outlived its claim and is done again");
            }
        }
    }

    async fn attempt(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        exchanges: &mut Exchanges,
        until: Instant,
    ) -> Result<(), OpError> {
        let prepared = match self.templates.get(org, claim.row.template).await {
            Ok(prepared) => prepared,
            Err(error) => return self.try_again(org, claim, unready(error.to_string()), Vec::new()).await,
        };
        let Some(client) = self.providers.get(prepared.template.provider) else {
            let detail = format!(
                "this worker has no credentials or address for {}",
                prepared.template.provider.as_str()
            );
            let end = PreflightEnd::Outage { code: ErrorCode::ProviderNotConfigured, detail };
            return self.finish(org, claim, end, Vec::new()).await;
        };
        match self.look(&prepared, claim, client.as_ref(), exchanges, until).await {
            Ok(end) => self.finish(org, claim, end, exchanges.take()).await,
            Err(failure) => {
                if let Some(wait_ms) = gate_ms(failure.class, failure.retry_after_ms) {
                    self.admissions.block(client.api().provider, wait_ms, failure.code).await;
                }
                self.try_again(org, claim, failure, exchanges.take()).await
            }
        }
    }

    /// Probes, and where that passes sends the canary prompts and looks the model up in the provider's list.
    async fn look(
        &self,
        prepared: &Prepared,
        claim: &PreflightClaim,
        client: &dyn ProviderClient,
        exchanges: &mut Exchanges,
        until: Instant,
    ) -> Result<PreflightEnd, Failure> {
        let answer = exchanges.call(Purpose::Probe, client, &probe(prepared, claim)).await?;
        let passed = match judged(prepared, claim, answer) {
            Ok(passed) => passed,
            Err(Offence { code, detail }) => return Ok(PreflightEnd::Refused { code, detail }),
        };
        let max_attempts = self.ops.settings().limits.retry_max_attempts;
        let canaries = Canaries { prepared, claim, client, probe: passed.observed(), until, max_attempts };
        let canary = canaries.send(exchanges).await?;
        Ok(match passed {
            Passed::Same(_) => PreflightEnd::Kept { canary },
            Passed::New(lock) => {
                let listed =
                    self.ops.listed_model(prepared.template.provider, &lock.observed.model_version).await;
                PreflightEnd::Locked(PreflightLock { listed, canary, ..lock })
            }
        })
    }

    async fn try_again(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        failure: Failure,
        exchanges: Vec<ExchangeRow>,
    ) -> Result<(), OpError> {
        let mut random = [0; 8];
        self.ops.ids().fill(&mut random);
        let max_attempts = self.ops.settings().limits.retry_max_attempts;
        let random = u64::from_le_bytes(random);
        let decision = decide(failure.class, claim.attempts, max_attempts, failure.retry_after_ms, random);
        if let Decision::Retry { delay_ms, burn } = decision {
            tracing::info!(%org, batch = %claim.row.id, %failure, delay_ms, "a preflight will be tried again");
            let retry =
                PreflightRetry { delay_ms, burn, code: failure.code, detail: failure.detail, exchanges };
            let (id, fence) = (claim.row.id, claim.fence);
            return written(|| self.ops.retry_preflight(org, id, fence, retry.clone())).await.map(drop);
        }
        let (code, detail) = (failure.code, failure.detail);
        let end = match decision {
            Decision::Pause => PreflightEnd::Outage { code, detail },
            Decision::Retry { .. } | Decision::GiveUp => PreflightEnd::Failed { code, detail },
        };
        self.finish(org, claim, end, exchanges).await
    }

    /// Writes how a preflight ended. What was asked is not asked again because the database is away: whoever executes this ends it with its claim.
    async fn finish(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        end: PreflightEnd,
        exchanges: Vec<ExchangeRow>,
    ) -> Result<(), OpError> {
        written(|| self.ops.finish_preflight(org, claim, end.clone(), exchanges.clone())).await.map(drop)
    }
}

fn unready(detail: String) -> Failure {
    Failure { code: ErrorCode::Internal, class: FailureClass::Retryable, detail, retry_after_ms: None }
}

/// What a probe that passed saw.
enum Passed {
    /// What the lock in force says.
    Same(Observation),
    /// What a new lock is opened with.
    New(PreflightLock),
}

impl Passed {
    const fn observed(&self) -> &Observation {
        match self {
            Self::Same(observed) => observed,
            Self::New(lock) => &lock.observed,
        }
    }
}

/// Refused, incomplete or empty: any answer that names its model will do.
fn judged(prepared: &Prepared, claim: &PreflightClaim, answer: Answer) -> Result<Passed, Offence> {
    let Some(observed) = answer.observed else {
        let detail = "the probe's answer names no model".to_owned();
        return Err(Offence { code: ErrorCode::ModelVersionMismatch, detail });
    };
    let locked = claim.lock.as_ref().map(|row| &row.lock.observed);
    let resume = claim.resume.as_ref();
    if let (Some(ResumeLock::Same), Some(locked)) = (resume.map(|resume| resume.lock), locked) {
        return same(locked, observed);
    }
    let template = &prepared.template;
    // The operator's word is good for what it names, and for nothing that the template pins anyway.
    let accepted = resume
        .and_then(|resume| resume.accept_version.clone())
        .filter(|version| *version != template.model_version_constraint);
    check_observation(template, accepted.as_deref(), &observed)?;
    Ok(Passed::New(PreflightLock {
        lock_version: accepted,
        service_tier: answer.service_tier,
        echo: EchoDigests::of(answer.echo.as_ref()),
        ..PreflightLock::of(observed)
    }))
}

/// Whether the provider is back to what the lock in force says.
fn same(locked: &Observation, observed: Observation) -> Result<Passed, Offence> {
    let Some(kind) = drift(locked, &observed) else { return Ok(Passed::Same(observed)) };
    let shown =
        |fingerprint: &Option<String>| fingerprint.clone().unwrap_or_else(|| "not offered".to_owned());
    let detail = format!(
        "{kind}: the lock has version {}, fingerprint {}; the model answers as {}, {}",
        locked.model_version,
        shown(&locked.model_fingerprint),
        observed.model_version,
        shown(&observed.model_fingerprint)
    );
    Err(Offence { code: ErrorCode::Drifted, detail })
}
