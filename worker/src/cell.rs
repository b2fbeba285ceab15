//! One cell, from its claim to what is recorded of it.

mod ask;
mod conclude;
mod exchanges;

use std::sync::Arc;

use stet_domain::answer::Answer;
use stet_domain::code::ErrorCode;
use stet_domain::retry::{Decision, decide};
use stet_ops::rows::{ClaimedRun, RetryRow};
use stet_ops::{OpError, Ops, RunRetry};
use stet_provider::{Failure, FailureClass, ProviderClient};

use crate::providers::Providers;
use crate::recorder::End;
use crate::templates::{Prepared, Templates};
use ask::{Ask, Unaskable};
use exchanges::{Exchanges, Purpose};

/// Executes cells; cheap to clone.
#[derive(Clone)]
pub(crate) struct Cells {
    ops: Ops,
    providers: Providers,
    templates: Templates,
}

/// What the provider brought for one attempt.
struct Brought {
    answer: Answer,
    /// The provoker line, where its try's answer is the result.
    provoker: Option<String>,
}

impl Cells {
    pub(crate) fn new(ops: Ops, providers: Providers, templates: Templates) -> Self {
        Self { ops, providers, templates }
    }

    /// Executes a claimed run; `None` where nothing can be written: the lease then ends by itself and the run is done again.
    pub(crate) async fn execute(&self, run: &ClaimedRun) -> Option<End> {
        let mut exchanges = Exchanges::default();
        match self.attempt(run, &mut exchanges).await {
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
            Err(error) => {
                return self.failed(run, None, exchanges, unready(ErrorCode::Internal, error.to_string()));
            }
        };
        let Some(client) = self.providers.get(prepared.template.provider).map(Arc::clone) else {
            return self.unconfigured(run, prepared, exchanges);
        };
        let ask = match Ask::new(&self.ops, run, prepared) {
            Ok(ask) => ask,
            Err(unaskable) => return self.unaskable(run, &unaskable),
        };
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
            Err(failure) => self.failed(run, Some((&ask, client.as_ref())), exchanges, failure),
        }
    }

    /// The end of an attempt that brought no answer: another try, or a failed run.
    fn failed(
        &self,
        run: &ClaimedRun,
        asked: Option<(&Ask, &dyn ProviderClient)>,
        exchanges: &mut Exchanges,
        failure: Failure,
    ) -> Result<End, OpError> {
        let mut random = [0; 8];
        self.ops.ids().fill(&mut random);
        let limits = &self.ops.settings().limits;
        let random = u64::from_le_bytes(random);
        let decision = decide(
            failure.class,
            run.row.retry_index,
            limits.retry_max_attempts,
            failure.retry_after_ms,
            random,
        );
        let (delay_ms, burn, outage) = match decision {
            Decision::Retry { delay_ms, burn } => (delay_ms, burn, false),
            // A batch waits for its operator; a single run has nobody who would resume it.
            Decision::Pause if run.row.batch.is_some() => (0, false, true),
            Decision::Pause | Decision::GiveUp => {
                let result = match asked {
                    Some((ask, client)) => {
                        conclude::unanswered(&self.ops, ask, client.api(), &failure, exchanges)
                    }
                    None => {
                        return Err(OpError::Internal {
                            what: "ending an attempt",
                            detail: failure.to_string(),
                        });
                    }
                };
                return self.ops.seal_run(run, result).map(Box::new).map(End::Commit);
            }
        };
        Ok(End::Retry(Box::new(RunRetry {
            batch: run.row.batch,
            outage,
            row: RetryRow {
                run: run.row.id,
                fence: run.row.fence,
                delay_ms,
                burn,
                error_code: failure.code,
                error_detail: failure.detail,
                exchanges: exchanges.take(),
                finished_at: self.ops.clock().now(),
            },
        })))
    }

    /// A provider that this process cannot call: a batch waits for its operator, a single run fails.
    fn unconfigured(
        &self,
        run: &ClaimedRun,
        prepared: Arc<Prepared>,
        exchanges: &mut Exchanges,
    ) -> Result<End, OpError> {
        let provider = prepared.template.provider.as_str();
        let code = ErrorCode::ProviderNotConfigured;
        let detail = format!("this worker has no credentials or address for {provider}");
        if run.row.batch.is_none() {
            let locale = run.row.locale.parse().ok();
            return self.unaskable(run, &Unaskable { prepared, locale, code, detail });
        }
        let failure = Failure { code, class: FailureClass::Outage, detail, retry_after_ms: None };
        self.failed(run, None, exchanges, failure)
    }

    /// A run that cannot be asked fails before any call.
    fn unaskable(&self, run: &ClaimedRun, unaskable: &Unaskable) -> Result<End, OpError> {
        let result = conclude::unasked(&self.ops, run, unaskable);
        self.ops.seal_run(run, result).map(Box::new).map(End::Commit)
    }
}

fn unready(code: ErrorCode, detail: String) -> Failure {
    Failure { code, class: FailureClass::Retryable, detail, retry_after_ms: None }
}

/// Calls the provider; once more with the provoker line where the template has one and the first answer brought no evidence. If that try ends
/// successfully its answer is the result, evidence or not, else the first (providers.md, Requests 6).
async fn bring(
    ask: &Ask,
    client: &dyn ProviderClient,
    exchanges: &mut Exchanges,
) -> Result<Brought, Failure> {
    let first = client.generate(&ask.call()).await;
    exchanges.add(Purpose::Answer, first.exchange);
    let answer = first.result?;
    let Some(provoker) = ask.provoker_for(&answer) else { return Ok(Brought { answer, provoker: None }) };
    let second = client.generate(&ask.provoked_call(provoker)).await;
    exchanges.add(Purpose::Provoker, second.exchange);
    match second.result {
        Ok(last) if ask.is_complete(&last) => {
            Ok(Brought { answer: last, provoker: Some(provoker.to_owned()) })
        }
        Ok(_) | Err(_) => Ok(Brought { answer, provoker: None }),
    }
}
