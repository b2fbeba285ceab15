//! One cell, from its claim to what is recorded of it.

mod ask;
mod conclude;

use std::sync::Arc;
use std::time::Duration;

use stet_domain::answer::Answer;
use stet_domain::code::ErrorCode;
use stet_domain::retry::{Decision, MAX_BACKOFF_MS, decide, gate_ms};
use stet_ops::rows::{ClaimedRun, ExchangeRow, RetryRow};
use stet_ops::{OpError, Ops, RunRetry};
use stet_provider::{Failure, FailureClass, ProviderClient};

use crate::admissions::{Admissions, Ticket};
use crate::exchanges::{Exchanges, Purpose};
use crate::providers::Providers;
use crate::recorder::End;
use crate::templates::{Prepared, Templates};
use ask::{Ask, Unaskable, is_complete};

/// Executes cells; cheap to clone.
#[derive(Clone)]
pub(crate) struct Cells {
    ops: Ops,
    providers: Providers,
    templates: Templates,
    admissions: Admissions,
}

/// What the provider brought for one attempt.
struct Brought {
    answer: Answer,
    /// The provoker line, where its try's answer is the result.
    provoker: Option<String>,
}

impl Cells {
    pub(crate) fn new(ops: Ops, providers: Providers, templates: Templates, admissions: Admissions) -> Self {
        Self { ops, providers, templates, admissions }
    }

    /// Executes a claimed run under leave to call; `None` where nothing can be written: the lease then ends by itself and the run is done again.
    pub(crate) async fn execute(&self, run: &ClaimedRun, leave: &Ticket) -> Option<End> {
        let mut exchanges = Exchanges::default();
        let end = self.attempt(run, &mut exchanges).await;
        leave.settle(exchanges.spent());
        match end {
            Ok(end) => Some(end),
            Err(error) => {
                tracing::error!(org = %run.row.org, run = %run.row.id, %error, "an attempt could not be concluded");
                None
            }
        }
    }

    async fn attempt(&self, run: &ClaimedRun, exchanges: &mut Exchanges) -> Result<End, OpError> {
        let prepared = match self.templates.get(&run.row.org, run.row.template).await {
            Ok(prepared) => prepared,
            Err(error) => return Ok(self.put_off(run, ErrorCode::Internal, error.to_string())),
        };
        let Some(client) = self.providers.get(prepared.template.provider).map(Arc::clone) else {
            return self.unconfigured(run, prepared);
        };
        let ask = match Ask::new(&self.ops, run, prepared) {
            Ok(ask) => ask,
            Err(unaskable) => return self.unaskable(run, &unaskable),
        };
        // Closed since the claim: what another call was told holds for this one, too.
        if let Some(left) = self.admissions.blocked_for(client.api().provider) {
            return Ok(self.held_back(run, left));
        }
        match bring(&ask, client.as_ref(), exchanges).await {
            Ok(brought) => {
                let result = conclude::judged(
                    &self.ops,
                    &ask,
                    client.api(),
                    &brought.answer,
                    brought.provoker.as_deref(),
                    exchanges,
                );
                self.ops.seal_run(run, result).map(Box::new).map(End::Commit)
            }
            Err(failure) => {
                if let Some(wait_ms) = gate_ms(failure.class, failure.retry_after_ms) {
                    self.admissions.block(client.api().provider, wait_ms, failure.code).await;
                }
                self.failed(&ask, client.as_ref(), exchanges, failure)
            }
        }
    }

    /// The end of an attempt whose calls brought no answer: another try, or a failed run.
    fn failed(
        &self,
        ask: &Ask,
        client: &dyn ProviderClient,
        exchanges: &mut Exchanges,
        failure: Failure,
    ) -> Result<End, OpError> {
        let run = &ask.run;
        let limits = &self.ops.settings().limits;
        let mut random = [0; 8];
        self.ops.ids().fill(&mut random);
        let random = u64::from_le_bytes(random);
        let (class, asked_ms) = (failure.class, failure.retry_after_ms);
        match decide(class, run.row.retry_index, limits.retry_max_attempts, asked_ms, random) {
            Decision::Retry { delay_ms, burn } => {
                Ok(self.again(run, delay_ms, burn, false, failure, exchanges.take()))
            }
            // A batch waits for its operator; a single run has nobody who would resume it.
            Decision::Pause if run.row.batch.is_some() => {
                Ok(self.again(run, 0, false, true, failure, exchanges.take()))
            }
            Decision::Pause | Decision::GiveUp => {
                let result = conclude::unanswered(&self.ops, ask, client.api(), &failure, exchanges);
                self.ops.seal_run(run, result).map(Box::new).map(End::Commit)
            }
        }
    }

    /// A run whose template cannot be read now: nothing can be said of it, so it waits, with no attempt burned.
    fn put_off(&self, run: &ClaimedRun, code: ErrorCode, detail: String) -> End {
        let failure = Failure { code, class: FailureClass::Retryable, detail, retry_after_ms: None };
        self.again(run, MAX_BACKOFF_MS, false, false, failure, Vec::new())
    }

    /// A run whose provider wants all to wait: due when its gate opens, with no call made and no attempt burned.
    fn held_back(&self, run: &ClaimedRun, left: Duration) -> End {
        let delay_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let code = ErrorCode::ProviderRateLimited;
        let detail = "the provider had told all to wait; nothing was sent".to_owned();
        let failure =
            Failure { code, class: FailureClass::RateLimited, detail, retry_after_ms: Some(delay_ms) };
        self.again(run, delay_ms, false, false, failure, Vec::new())
    }

    /// A run of a provider that this worker cannot call: its batch waits for an operator, a single run fails.
    fn unconfigured(&self, run: &ClaimedRun, prepared: Arc<Prepared>) -> Result<End, OpError> {
        let detail =
            format!("this worker has no credentials or address for {}", prepared.template.provider.as_str());
        let code = ErrorCode::ProviderNotConfigured;
        if run.row.batch.is_some() {
            let failure = Failure { code, class: FailureClass::Outage, detail, retry_after_ms: None };
            return Ok(self.again(run, 0, false, true, failure, Vec::new()));
        }
        let locale = run.row.locale.parse().ok();
        self.unaskable(run, &Unaskable { prepared, locale, code, detail })
    }

    fn again(
        &self,
        run: &ClaimedRun,
        delay_ms: u64,
        burn: bool,
        outage: bool,
        failure: Failure,
        exchanges: Vec<ExchangeRow>,
    ) -> End {
        End::Retry(Box::new(RunRetry {
            batch: run.row.batch,
            outage,
            row: RetryRow {
                run: run.row.id,
                fence: run.row.fence,
                delay_ms,
                burn,
                error_code: failure.code,
                error_detail: failure.detail,
                exchanges,
                finished_at: self.ops.clock().now(),
            },
        }))
    }

    /// A run that cannot be asked fails before any call.
    fn unaskable(&self, run: &ClaimedRun, unaskable: &Unaskable) -> Result<End, OpError> {
        let result = conclude::unasked(&self.ops, run, unaskable);
        self.ops.seal_run(run, result).map(Box::new).map(End::Commit)
    }
}

/// Calls the provider; once more with the provoker line where the template has one and the first answer brought no evidence. If that try ends
/// successfully its answer is the result, evidence or not, else the first (providers.md, Requests 6).
async fn bring(
    ask: &Ask,
    client: &dyn ProviderClient,
    exchanges: &mut Exchanges,
) -> Result<Brought, Failure> {
    let answer = exchanges.call(Purpose::Answer, client, &ask.call()).await?;
    let Some(provoker) = ask.provoker_for(&answer) else { return Ok(Brought { answer, provoker: None }) };
    match exchanges.call(Purpose::Provoker, client, &ask.provoked_call(provoker)).await {
        Ok(last) if is_complete(&last) => Ok(Brought { answer: last, provoker: Some(provoker.to_owned()) }),
        Ok(_) | Err(_) => Ok(Brought { answer, provoker: None }),
    }
}
