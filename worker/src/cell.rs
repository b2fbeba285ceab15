//! One cell, from its claim to what is recorded of it.

mod ask;
mod brought;
mod conclude;

use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::retry::{Decision, MAX_BACKOFF_MS, decide, gate_ms};
use stet_ops::rows::{ClaimedRun, ExchangeRow, ReleaseRow, RetryRow};
use stet_ops::{Ops, RunRetry};
use stet_provider::{Failure, FailureClass, ProviderClient};

use crate::admissions::{Admissions, Spent};
use crate::exchanges::Exchanges;
use crate::providers::Providers;
use crate::recorder::End;
use crate::standing::Standing;
use crate::templates::{Prepared, TemplateError, Templates};
use ask::{Ask, Unaskable};
use brought::Brought;

/// An attempt whose calls are over, and of which nothing is made yet.
pub(crate) struct Called {
    came: Came,
    exchanges: Exchanges,
    /// Of the provider's limits.
    pub(crate) spent: Spent,
    /// When the last call was over.
    finished_at: Timestamp,
}

/// What an attempt came to.
enum Came {
    /// No result: the run is done again later.
    Nothing(End),
    /// A refusal before any call, which is the result.
    Unasked(Unaskable),
    /// What the provider said, which is the result.
    Called(Box<Reply>),
}

/// What the provider said to what was asked, or why it said nothing.
struct Reply {
    ask: Ask,
    client: Arc<dyn ProviderClient>,
    brought: Result<Brought, Failure>,
}

/// Executes cells; cheap to clone.
#[derive(Clone)]
pub(crate) struct Cells {
    ops: Ops,
    providers: Providers,
    templates: Templates,
    admissions: Admissions,
    standing: Standing,
}

impl Cells {
    pub(crate) fn new(ops: Ops, providers: Providers, templates: Templates, admissions: Admissions) -> Self {
        Self { standing: Standing::new(ops.clone()), ops, providers, templates, admissions }
    }

    /// Makes the calls of a claimed run. Nothing is made of what they bring yet: many may end at once, and what is sealed is bounded by what the recorder takes.
    pub(crate) async fn call(&self, run: &Arc<ClaimedRun>, claimed_at: Instant) -> Called {
        let mut exchanges = Exchanges::default();
        let came = self.attempt(run, claimed_at, &mut exchanges).await;
        Called { came, spent: exchanges.spent(), exchanges, finished_at: self.ops.clock().now() }
    }

    /// What an attempt ends with; `None` where nothing can be written: the lease then ends by itself and the run is done again.
    pub(crate) fn conclude(&self, run: &ClaimedRun, called: Called) -> Option<End> {
        let Called { came, mut exchanges, finished_at, .. } = called;
        let result = match came {
            Came::Nothing(end) => return Some(end),
            Came::Unasked(unaskable) => conclude::unasked(run, &unaskable, finished_at),
            Came::Called(reply) => {
                let (ask, api, exchanges) = (&reply.ask, reply.client.api(), exchanges.take());
                match &reply.brought {
                    Ok(brought) => conclude::judged(ask, api, brought, exchanges, finished_at),
                    Err(failure) => conclude::unanswered(ask, api, failure, exchanges, finished_at),
                }
            }
        };
        match self.ops.seal_run(run, result) {
            Ok(commit) => Some(End::Commit(Box::new(commit))),
            Err(error) => {
                tracing::error!(org = %run.row.org, run = %run.row.id, %error, "an attempt could not be concluded");
                None
            }
        }
    }

    async fn attempt(&self, run: &Arc<ClaimedRun>, claimed_at: Instant, exchanges: &mut Exchanges) -> Came {
        let prepared = match self.templates.get(&run.row.org, run.row.template).await {
            Ok(prepared) => prepared,
            Err(error) => return Came::Nothing(self.put_off(run, &error)),
        };
        let Some(client) = self.providers.get(prepared.template.provider).map(Arc::clone) else {
            return self.unconfigured(run, prepared);
        };
        let ask = match Ask::new(&self.ops, run, prepared) {
            Ok(ask) => ask,
            Err(unaskable) => return Came::Unasked(unaskable),
        };
        let provider = client.api().provider;
        // Closed since the claim: what another call was told holds for this one, too.
        if let Some(left) = self.admissions.blocked_for(provider) {
            return Came::Nothing(self.held_back(run, left));
        }
        // Paused since the claim: whoever did so was told that nothing starts.
        if let Some(batch) = run.row.batch
            && self.standing.holds_back(&run.row.org, batch, claimed_at).await
        {
            return Came::Nothing(self.released(run));
        }
        let brought = Brought::by(&ask, client.as_ref(), exchanges).await;
        let failure = match &brought {
            Ok(brought) => brought.failure(),
            Err(failure) => Some(failure),
        };
        if let Some(failure) = failure {
            if let Some(wait_ms) = gate_ms(failure.class, failure.retry_after_ms) {
                self.admissions.block(provider, wait_ms, failure.code).await;
            }
            if let Some(end) = self.another_try(&ask, failure, exchanges) {
                return Came::Nothing(end);
            }
        }
        Came::Called(Box::new(Reply { ask, client, brought }))
    }

    /// What a call that brought no answer leaves to a later attempt, which begins with step 1 again; `None` where it ends the run.
    fn another_try(&self, ask: &Ask, failure: &Failure, exchanges: &mut Exchanges) -> Option<End> {
        let run = &ask.run;
        let limits = &self.ops.settings().limits;
        let mut random = [0; 8];
        self.ops.ids().fill(&mut random);
        let random = u64::from_le_bytes(random);
        let (class, asked_ms) = (failure.class, failure.retry_after_ms);
        match decide(class, run.row.retry_index, limits.retry_max_attempts, asked_ms, random) {
            Decision::Retry { delay_ms, burn } => {
                Some(self.again(run, delay_ms, burn, false, failure.clone(), exchanges.take()))
            }
            // A batch waits for its operator; a single run has nobody who would resume it.
            Decision::Pause if run.row.batch.is_some() => {
                Some(self.again(run, 0, false, true, failure.clone(), exchanges.take()))
            }
            Decision::Pause | Decision::GiveUp => None,
        }
    }

    /// A run whose template cannot be read: nothing can be said of it, so it waits, with no attempt burned. Where that does not pass by itself its batch waits for an
    /// operator, too.
    fn put_off(&self, run: &ClaimedRun, error: &TemplateError) -> End {
        let failure = Failure {
            code: ErrorCode::Internal,
            class: FailureClass::Retryable,
            detail: error.to_string(),
            retry_after_ms: None,
        };
        self.again(run, MAX_BACKOFF_MS, false, !error.is_transient(), failure, Vec::new())
    }

    /// A run that is handed back before any call.
    pub(crate) fn released(&self, run: &ClaimedRun) -> End {
        End::Release(ReleaseRow { run: run.row.id, fence: run.row.fence, at: self.ops.clock().now() })
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
    fn unconfigured(&self, run: &ClaimedRun, prepared: Arc<Prepared>) -> Came {
        let detail =
            format!("this worker has no credentials or address for {}", prepared.template.provider.as_str());
        let code = ErrorCode::ProviderNotConfigured;
        if run.row.batch.is_some() {
            let failure = Failure { code, class: FailureClass::Outage, detail, retry_after_ms: None };
            return Came::Nothing(self.again(run, 0, false, true, failure, Vec::new()));
        }
        let locale = run.row.locale.parse().ok();
        Came::Unasked(Unaskable { prepared, locale, code, detail })
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
}
