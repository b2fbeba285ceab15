//! Rows to test with: every field set, ids that grow, no clock and no chance.

use stet_domain::Digest;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason, ResumeLock};
use stet_domain::citation::{Citation, CitationClass};
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftPolicy;
use stet_domain::echo::EchoDigests;
use stet_domain::ids::{ApiKeyId, BatchId, Fence, Incarnation, OrgId, RunId, ScheduleId, TemplateId};
use stet_domain::lock::{Listed, Lock, Observation};
use stet_domain::mode::GroundingMode;
use stet_domain::record::Seal;
use stet_domain::role::Role;
use stet_domain::run::RunStatus;
use stet_domain::schedule::{CatchUp, DueSpan, FireOutcome, ScheduleState};
use stet_domain::trace::TraceParent;
use stet_domain::usage::TokenUsage;
use ulid::Ulid;

use crate::{
    ApiKeyRow, BatchControl, BatchRow, CanaryLookRow, CellRun, CommitRow, ExchangeRow, FireRow,
    IdempotencyRow, LockRow, NewBatch, OutputRow, PreflightAttemptEnd, ResourceRef, ResumeRequest, RetryRow,
    RunEnd, ScheduleRow, ScheduleStanding, SealedCanaryLook, SealedLock, SingleRun, TemplateRow,
};

/// 2026-11-23T00:00:00Z, the first moment of every sample.
const EPOCH_US: i64 = 1_795_392_000_000_000;

/// The locales of sample batches, in order.
pub const LOCALES: [&str; 2] = ["de-DE", "fr-FR"];

/// The modes of sample batches, in order.
pub const MODES: [GroundingMode; 2] = [GroundingMode::Ungrounded, GroundingMode::Required];

/// A source of rows.
#[derive(Debug, Default)]
pub struct Sample {
    made: u32,
}

/// The org of that name.
#[must_use]
pub fn org(name: &str) -> OrgId {
    name.parse().expect("the names that cases use are slugs")
}

/// The process of that name.
#[must_use]
pub fn worker(name: &str) -> Incarnation {
    Incarnation(format!("host-1-{name}"))
}

/// A moment some milliseconds after the first.
#[must_use]
pub fn at(ms: i64) -> Timestamp {
    Timestamp(EPOCH_US).plus_ms(ms)
}

/// That a due time made the batch.
#[must_use]
pub fn fired(due_at: Timestamp, batch: BatchId) -> FireRow {
    FireRow { outcome: FireOutcome::Fired, batch: Some(batch), ..missed(due_at) }
}

/// That a due time made none.
#[must_use]
pub fn missed(due_at: Timestamp) -> FireRow {
    FireRow::of(DueSpan::one(due_at), FireOutcome::Missed, due_at.plus_ms(1))
}

impl Sample {
    /// The next number, from 1.
    fn next(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    /// A ULID greater than every earlier one.
    pub fn ulid(&mut self) -> Ulid {
        Ulid(0x019a_0000_0000_0000_0000_0000_0000_0000 + u128::from(self.next()))
    }

    /// A digest of its own.
    pub fn digest(&mut self) -> Digest {
        Digest::of(&self.next().to_be_bytes())
    }

    /// An API key.
    pub fn api_key(&mut self, org: &OrgId) -> ApiKeyRow {
        let made = self.next();
        let id: ApiKeyId = format!("{made:016x}").parse().expect("sixteen hexadecimal digits");
        ApiKeyRow {
            org: org.clone(),
            id,
            secret_hash: self.digest().to_bytes(),
            role: Role::Operator,
            label: format!("key {made}"),
            created_at: at(i64::from(made)),
            revoked_at: None,
        }
    }

    /// A template.
    pub fn template(&mut self, org: &OrgId) -> TemplateRow {
        let made = self.next();
        let canonical = format!("{{\"n\":{made}}}").into_bytes();
        TemplateRow {
            org: org.clone(),
            id: TemplateId(self.ulid()),
            name: format!("template {made}"),
            template_sha256: Digest::of(&canonical),
            canonical,
            provider: stet_domain::Provider::OpenAi,
            model_version_constraint: "gpt-5-2025-08-07".to_owned(),
            created_by: "0123456789abcdef".to_owned(),
            created_at: at(i64::from(made)),
            record_hmac: self.digest().to_bytes(),
            record_key_id: "r1".to_owned(),
        }
    }

    /// A schedule that is due every hour, next at that moment.
    pub fn schedule(&mut self, org: &OrgId, template: TemplateId, next_due_at: Timestamp) -> ScheduleRow {
        let made = self.next();
        ScheduleRow {
            org: org.clone(),
            id: ScheduleId(self.ulid()),
            template,
            name: format!("schedule {made}"),
            cron: "0 * * * *".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            catch_up: CatchUp::Latest,
            batch: br#"{"drift_policy":"hard"}"#.to_vec(),
            created_by: "0123456789abcdef".to_owned(),
            created_at: at(i64::from(made)),
            standing: ScheduleStanding {
                state: ScheduleState::Active,
                next_due_at: Some(next_due_at),
                reason: None,
                changed_by: "0123456789abcdef".to_owned(),
                changed_at: at(i64::from(made)),
            },
        }
    }

    /// A batch of `replicates` cells for each of two locales and two modes.
    pub fn batch(&mut self, template: &TemplateRow, replicates: u32) -> NewBatch {
        let made = self.next();
        let row = BatchRow {
            org: template.org.clone(),
            id: BatchId(self.ulid()),
            template: template.id,
            batch_sha256: self.digest(),
            plan_sha256: self.digest(),
            locales: LOCALES.map(str::to_owned).to_vec(),
            grounding_modes: MODES.to_vec(),
            replicates,
            cells: 4 * u64::from(replicates),
            inputs: br#"{"product":"a \"b\" c"}"#.to_vec(),
            inputs_sha256: self.digest(),
            drift_policy: DriftPolicy::Hard,
            max_parallel: None,
            created_by: "0123456789abcdef".to_owned(),
            created_at: at(i64::from(made)),
        };
        let cells = (0..4 * replicates)
            .map(|index| {
                let (locale_index, column) = (index / (2 * replicates), (index / replicates) % 2);
                CellRun {
                    id: RunId(self.ulid()),
                    batch_run_index: index,
                    locale: LOCALES[usize::from(locale_index > 0)].to_owned(),
                    locale_index,
                    grounding_mode: MODES[usize::from(column > 0)],
                    replicate_index: index % replicates,
                }
            })
            .collect();
        let seal = Seal { hmac: self.digest().to_bytes(), key_id: "r1".to_owned() };
        NewBatch { row, seal, cells, trace: trace(1) }
    }

    /// A single run.
    pub fn single(&mut self, template: &TemplateRow) -> SingleRun {
        let made = self.next();
        SingleRun {
            id: RunId(self.ulid()),
            template: template.id,
            locale: "en-GB".to_owned(),
            grounding_mode: GroundingMode::Preferred,
            inputs: br"{}".to_vec(),
            inputs_sha256: self.digest(),
            created_by: "0123456789abcdef".to_owned(),
            created_at: at(i64::from(made)),
            trace: trace(2),
        }
    }

    /// An idempotency record that stands for a second.
    pub fn record(&mut self, key: &str, template: &TemplateRow) -> IdempotencyRow {
        let created_at = at(i64::from(self.next()));
        IdempotencyRow {
            key: key.to_owned(),
            fingerprint: self.digest(),
            body: b"{\"a\":1}".to_vec(),
            resource: ResourceRef::Template(template.id),
            created_at,
            expires_at: created_at.plus_ms(1000),
        }
    }

    /// A success of a claim, with an output, a citation and an exchange.
    pub fn success(&mut self, run: RunId, fence: Fence) -> CommitRow {
        let output = format!("output {}\n\u{0}\u{fffd}", self.next());
        CommitRow {
            batch: None,
            run,
            fence,
            status: RunStatus::Succeeded,
            end: RunEnd {
                error_code: None,
                error_detail: None,
                drift_kind: None,
                model_version_effective: Some("gpt-5-2025-08-07".to_owned()),
                model_fingerprint: Some("fp_1".to_owned()),
                search_performed: Some(true),
                grounded_effective: Some(false),
                why_not_grounded: Some("NO_CITATIONS".to_owned()),
                response_output_sha256: Some(Digest::of(output.as_bytes())),
                output_json_valid: Some(true),
                als_block_sha256: Some(self.digest()),
                als_variant_id: Some("de-DE/3".to_owned()),
                usage: TokenUsage {
                    input: Some(1),
                    output: Some(2),
                    cached: None,
                    reasoning: Some(0),
                    tool_use: Some(i64::MAX),
                },
                run_sha256: Some(self.digest()),
                record_hmac: Some(self.digest().to_bytes()),
                record_key_id: Some("r1".to_owned()),
            },
            output: OutputRow {
                output: Some(output.into_bytes()),
                step1_text: Some(b"What was found: \0 \xc3\xa9".to_vec()),
                als_block_text: Some("Datum: 23.11.2026\nPLZ: 5 Ziffern".to_owned()),
                provenance: b"{\"als_block_text\":null}".to_vec(),
                citations: vec![
                    citation("https://example.com/?a=\"1\""),
                    citation("https://example.org/\u{e9}"),
                ],
            },
            exchanges: vec![exchange(0, "answer"), exchange(1, "provoker"), exchange(2, "step2")],
            sealed_exchanges: b"[{\"ordinal\":0}]".to_vec(),
            finished_at: at(i64::from(self.next())),
        }
    }

    /// A failure of a claim, without an output.
    pub fn failure(&mut self, run: RunId, fence: Fence) -> CommitRow {
        let mut commit = self.success(run, fence);
        commit.status = RunStatus::Failed;
        commit.end.error_code = Some(ErrorCode::OutputEmpty);
        commit.end.error_detail = Some("the model answered without text".to_owned());
        commit.end.response_output_sha256 = None;
        commit.end.output_json_valid = None;
        commit.output.output = None;
        commit.output.step1_text = None;
        commit.output.citations.clear();
        commit
    }

    /// A retryable end of a claim, due again at once.
    pub fn retry(&mut self, run: RunId, fence: Fence) -> RetryRow {
        RetryRow {
            run,
            fence,
            delay_ms: 0,
            burn: true,
            error_code: ErrorCode::ProviderServerError,
            error_detail: "503".to_owned(),
            exchanges: vec![exchange(0, "answer")],
            finished_at: at(i64::from(self.next())),
        }
    }
}

/// An exchange with bytes that are no text.
#[must_use]
pub fn exchange(ordinal: u32, purpose: &str) -> ExchangeRow {
    let request_body = vec![0, 0xff, b'{', 0x0a];
    ExchangeRow {
        ordinal,
        purpose: purpose.to_owned(),
        request_sha256: Digest::of(&request_body),
        request_body,
        reply_status: Some(200),
        provider_request_id: Some("req_1".to_owned()),
        reply_body: Vec::new(),
        latency_ms: 1234,
    }
}

/// The first lock epoch of a batch.
#[must_use]
pub fn lock(epoch: i64) -> LockRow {
    LockRow {
        lock: Lock {
            epoch,
            observed: Observation {
                model_version: "gpt-5-2025-08-07".to_owned(),
                model_fingerprint: Some("fp_1".to_owned()),
            },
        },
        lock_version: None,
        service_tier: Some("default".to_owned()),
        echo: EchoDigests { settings: Some(Digest::of(b"echo")), tools: Some(Digest::of(b"tools")) },
        listed: Some(Listed::Marked("1722902400".to_owned())),
        canary_sha256: Some(Digest::of(b"[]")),
        observed_at: at(0),
    }
}

/// The same with what proves it, as the preflight under `fence` observed it.
#[must_use]
pub fn sealed_lock(epoch: i64, fence: Fence) -> SealedLock {
    SealedLock {
        row: lock(epoch),
        preflight_fence: fence,
        sealed_exchanges: b"[]".to_vec(),
        seal: Seal { hmac: Digest::of(b"lock").to_bytes(), key_id: "r1".to_owned() },
    }
}

/// A look at canary prompts under `fence`.
#[must_use]
pub fn canary_look(lock_epoch: i64, fence: Fence) -> SealedCanaryLook {
    SealedCanaryLook {
        row: CanaryLookRow {
            preflight_fence: fence,
            lock_epoch,
            outcomes: b"[]".to_vec(),
            observed_at: at(0),
        },
        sealed_exchanges: b"[]".to_vec(),
        seal: Seal { hmac: Digest::of(b"look").to_bytes(), key_id: "r1".to_owned() },
    }
}

/// The end of an attempt at a preflight, with one exchange.
#[must_use]
pub fn preflight_end(outcome: AttemptOutcome) -> PreflightAttemptEnd {
    PreflightAttemptEnd {
        outcome,
        error_code: Some(ErrorCode::ProviderRateLimited),
        error_detail: Some("slow down".to_owned()),
        exchanges: vec![exchange(0, "probe")],
        finished_at: at(3),
    }
}

/// A control row in a state; a paused one was paused by an operator.
#[must_use]
pub fn control(status: BatchStatus) -> BatchControl {
    BatchControl {
        status,
        pause_reason: (status == BatchStatus::Paused).then_some(PauseReason::Operator),
        reason: Some("to see".to_owned()),
        changed_by: "fedcba9876543210".to_owned(),
        changed_at: at(1),
        lock_epoch: Some(1),
        preflight_attempts: 1,
    }
}

/// A wish to resume; under a new lock it accepts another version.
#[must_use]
pub fn resume_request(lock: ResumeLock) -> ResumeRequest {
    ResumeRequest {
        lock,
        accept_version: (lock == ResumeLock::New).then(|| "v-2".to_owned()),
        reason: "the provider says it is back".to_owned(),
        by: "0123456789abcdef".to_owned(),
        at: at(7),
    }
}

/// A web page that was cited.
#[must_use]
pub fn citation(url: &str) -> Citation {
    Citation {
        url_raw: format!("{url}&utm_source=x"),
        url: url.to_owned(),
        title: None,
        domain: Some("example.com".to_owned()),
        class: CitationClass::WebPage,
        span: Some("19 %".to_owned()),
    }
}

/// A caller's trace.
#[must_use]
pub fn trace(span: u8) -> Option<TraceParent> {
    TraceParent::parse(&format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00000000000000{span:02x}-01"))
}
