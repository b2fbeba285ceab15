//! A database file, and processes over it that live, or died under their claims.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use stet_canon::Json;
use stet_coord::{NoMeter, ProviderVersions, VersionsPorts, VersionsSettings};
use stet_domain::Provider;
use stet_domain::als::Keyring;
use stet_domain::batch::BatchStatus;
use stet_domain::bell::Bell;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, Incarnation, RunId, TemplateId};
use stet_domain::record::RecordKeys;
use stet_domain::role::Role;
use stet_ops::rows::{ClaimedRun, Wanted};
use stet_ops::{
    Actor, BatchSubmission, IdempotentRequest, NewTemplate, Ops, OpsParts, OpsSettings, Pepper, RunSubmission,
};
use stet_provider_http::openai::{OpenAi, OpenAiOptions};
use stet_provider_http::transport::Timeouts;
use stet_scheduler::{Fleet, SchedulerOptions};
use stet_simulator::{Options, Running, Simulator};
use stet_store::{PageRequest, RunFilter, RunRow};
use stet_testkit::{FakeClock, SeededIds, TempDatabase};
use stet_worker::{Doorbell, Providers, VersionSources, Worker, WorkerOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(5);

/// 32 bytes in base64, of one letter.
const SECRET: &str = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";

const MODEL: &str = "gpt-4o-2024-08-06";

pub(crate) struct World {
    /// Of the process that lives: its leases last.
    pub(crate) ops: Ops,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) simulator: Running,
    /// Of processes that die: their leases have ended when they begin.
    dead: Ops,
    doorbell: Doorbell,
    providers: Providers,
    pub(crate) database: TempDatabase,
}

/// A task that ends when it is told to.
pub(crate) struct Duty {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Duty {
    /// Ends it and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("a stop ends in time").unwrap();
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let options = Options { seed: 7, ..Options::default() };
        let simulator = Simulator::new(options).bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let client = OpenAi::new(OpenAiOptions {
            base_url: simulator.openai_base_url().parse().unwrap(),
            key: SecretString::from("sk-simulated-key"),
            timeouts: Timeouts::default(),
        });
        let providers = Providers::default().with(Arc::new(client.unwrap()));
        let database = TempDatabase::open().await;
        database.process().await.store.ensure_org(&admin().org, Timestamp(0)).await.unwrap();
        let (clock, doorbell) = (Arc::new(FakeClock::default()), Doorbell::default());
        let process = async |number, lease_seconds| {
            ops(&database, &providers, &doorbell, &clock, number, lease_seconds).await
        };
        let (ops, dead) = (process(1, 60).await, process(2, 0).await);
        Self { ops, clock, simulator, dead, doorbell, providers, database }
    }

    /// A scheduler that looks often.
    pub(crate) fn scheduler(&self) -> Duty {
        let stop = CancellationToken::new();
        let options = SchedulerOptions {
            sweep_every: Duration::from_millis(20),
            prune_every: Duration::from_millis(20),
            seal_every: Duration::from_millis(20),
            audit_every: Duration::from_millis(20),
            schedules_every: Duration::from_millis(20),
            versions_every: Duration::from_millis(20),
            sizes_every: Duration::from_millis(20),
            ring_every: Duration::from_millis(20),
        };
        let doorbell = self.doorbell.clone();
        let woken = move || doorbell.ring();
        let task = stet_scheduler::run(self.ops.clone(), named("scheduler"), options, woken, stop.clone());
        Duty { task: tokio::spawn(task), stop }
    }

    /// A scheduler among others over a queue, with connections of its own; it rings often and clears seldom.
    pub(crate) async fn member(&self, name: &str, bell: &Arc<impl Bell + 'static>) -> Duty {
        self.member_that_rings(name, bell, Duration::from_millis(20)).await
    }

    /// The same, that rings so often.
    pub(crate) async fn member_that_rings(
        &self,
        name: &str,
        bell: &Arc<impl Bell + 'static>,
        ring_every: Duration,
    ) -> Duty {
        let stop = CancellationToken::new();
        let options = SchedulerOptions { ring_every, ..SchedulerOptions::for_lease(60) };
        let flights = self.database.process().await.flights;
        let fleet = Fleet { bell: Arc::clone(bell) as _, flights };
        let task = stet_scheduler::run_in_fleet(self.ops.clone(), named(name), options, fleet, stop.clone());
        Duty { task: tokio::spawn(task), stop }
    }

    pub(crate) fn worker(&self) -> Duty {
        let stop = CancellationToken::new();
        let options = WorkerOptions { concurrency: 4, lease_seconds: 60, shutdown_grace: PATIENCE };
        let worker = Worker::new(
            self.ops.clone(),
            self.providers.clone(),
            self.doorbell.clone(),
            named("worker"),
            options,
        );
        Duty { task: tokio::spawn(worker.run(stop.clone(), CancellationToken::new())), stop }
    }

    /// What a process claims that dies before it has done anything.
    pub(crate) async fn die(&self, name: &str) -> Vec<ClaimedRun> {
        let due: Vec<RunId> =
            self.dead.offered_runs(&Wanted::all(100)).await.unwrap().into_iter().map(|run| run.id).collect();
        self.dead.claim_runs(&admin().org, &due, &named(name), u32::MAX).await.unwrap()
    }

    /// A statement behind every process's back.
    pub(crate) async fn sql(&self, statement: &str) {
        self.database.sql(statement).await;
    }

    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        self.database.number(query).await
    }

    pub(crate) async fn template(&self) -> TemplateId {
        self.template_with("").await
    }

    /// A template with further members of its configuration.
    async fn template_with(&self, more: &str) -> TemplateId {
        let config = format!(
            r#"{{"provider":"openai","model_version_constraint":"{MODEL}","messages":[{{"role":"user","content":"?"}}]{more}}}"#
        );
        let new =
            NewTemplate { name: "a question".to_owned(), config: Json::parse(config.as_bytes()).unwrap() };
        self.ops.create_template(&admin(), &new, None).await.unwrap().value.id
    }

    /// Waits until a batch is completed.
    pub(crate) async fn completed(&self, batch: BatchId) {
        let status = async || self.ops.get_batch(&admin(), batch).await.unwrap().control.status;
        until("the end", async || (status().await == BatchStatus::Completed).then_some(())).await;
    }

    /// A single run, waited for; a worker has to be there.
    pub(crate) async fn run_to_its_end(&self) -> RunId {
        let run = self.run(None).await;
        let ended = async || self.ops.get_run(&admin(), run).await.unwrap().row.finished_at;
        until("the run", ended).await;
        run
    }

    /// Seals whatever has ended.
    async fn seal(&self) {
        let now = Timestamp(self.ops.unsealed().await.unwrap().horizon.at.0 + 1_000);
        assert!(self.ops.seal_segments(&admin().org, now).await.unwrap().records > 0);
    }

    /// Two segments: the three cells of a batch, and a single run.
    pub(crate) async fn sealed_twice() -> Self {
        let world = Self::new().await;
        let worker = world.worker();
        world.completed(world.batch(3).await).await;
        world.seal().await;
        world.run_to_its_end().await;
        world.seal().await;
        worker.stop().await;
        world
    }

    /// Puts a copy of the first cell among the sealed ones, under an id of its own; answers it. The id is the least, so that the copy stands before the
    /// cell, and never after the end of a segment whose cells were all recorded at one moment.
    pub(crate) async fn copy_a_run(&self) -> RunId {
        let columns: Vec<String> =
            self.database.columns("runs").await.into_iter().map(|(name, _)| name).collect();
        let copied = RunId::from_bytes([0; 16]);
        let id = self.database.bytes(&"00".repeat(16));
        let values: Vec<&str> = columns
            .iter()
            .map(|name| match name.as_str() {
                "run_id" => id.as_str(),
                "rerun_index" => "rerun_index + 1",
                other => other,
            })
            .collect();
        let insert = format!(
            "INSERT INTO runs ({}) SELECT {} FROM runs WHERE batch_run_index = 0 AND batch_id IS NOT NULL",
            columns.join(", "),
            values.join(", ")
        );
        assert_eq!(self.database.tamper(&insert).await, 1);
        copied
    }

    /// A sealed cell that cites pages, with what it is of, and a single run of the same template.
    pub(crate) async fn with_evidence(&self) -> (TemplateId, BatchId, RunId, RunId) {
        let template = self
            .template_with(r#","als":{"template_id":"t-1","catalog":"v1"},"canary":["Name a colour."]"#)
            .await;
        let worker = self.worker();
        let batch = self.batch_of(template, "REQUIRED", 8).await;
        self.completed(batch).await;
        let single = self.run_to_its_end().await;
        worker.stop().await;
        self.seal().await;
        let filter = RunFilter::of_batch(batch);
        let page = PageRequest { after: None, limit: 200 };
        let runs = self.ops.list_runs(&admin(), &filter, page).await.unwrap().items;
        let grounded =
            |run: &&RunRow| run.end.as_ref().is_some_and(|end| end.grounded_effective == Some(true));
        let cited = runs.iter().find(grounded).expect("most cells cite").id;
        (template, batch, cited, single)
    }

    pub(crate) async fn run(&self, idempotency: Option<&IdempotentRequest>) -> RunId {
        let submission = RunSubmission {
            locale: "de-DE".to_owned(),
            grounding_mode: "UNGROUNDED".to_owned(),
            inputs: Json::Null,
            trace: None,
        };
        let template = self.template().await;
        self.ops.submit_run(&admin(), template, &submission, idempotency).await.unwrap().value.row.id
    }

    pub(crate) async fn batch(&self, replicates: i64) -> BatchId {
        let template = self.template().await;
        self.batch_of(template, "UNGROUNDED", replicates).await
    }

    async fn batch_of(&self, template: TemplateId, mode: &str, replicates: i64) -> BatchId {
        let submission = BatchSubmission {
            locales: vec!["de-DE".to_owned()],
            grounding_modes: vec![mode.to_owned()],
            replicates,
            inputs: Json::Null,
            drift_policy: "hard".to_owned(),
            max_parallel: None,
            expected_plan_sha256: None,
            trace: None,
        };
        self.ops.submit_batch(&admin(), template, &submission, None).await.unwrap().value.row.id
    }
}

async fn ops(
    database: &TempDatabase,
    providers: &Providers,
    doorbell: &Doorbell,
    clock: &Arc<FakeClock>,
    number: u32,
    lease_seconds: u32,
) -> Ops {
    let ids = Arc::new(SeededIds::new(number));
    let process = database.process().await;
    let ports = VersionsPorts {
        flights: process.flights,
        cache: process.cache,
        source: Arc::new(VersionSources(providers.clone())),
        ids: ids.clone(),
        meter: Arc::new(NoMeter),
    };
    let keys = SecretString::from(format!("r1:{SECRET}"));
    Ops::new(OpsParts {
        store: process.store,
        clock: clock.clone(),
        ids,
        tasks: Arc::new(doorbell.clone()),
        versions: Arc::new(ProviderVersions::new(ports, "test".to_owned(), VersionsSettings::default())),
        gates: process.gates,
        members: process.members,
        als_keys: Some(Arc::new(Keyring::parse(&SecretString::from(format!("k1:{SECRET}"))).unwrap())),
        record_keys: Arc::new(RecordKeys::parse(&keys).unwrap()),
        pepper: Pepper(vec![7; 32].into()),
        settings: OpsSettings {
            lease_seconds,
            providers: BTreeSet::from([Provider::OpenAi]),
            ..OpsSettings::default()
        },
    })
}

/// Looks until there is something to see.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(GLANCE).await;
        }
    });
    waited.await.unwrap_or_else(|_elapsed| panic!("{what}: not within {} s", PATIENCE.as_secs()))
}

pub(crate) fn named(name: &str) -> Incarnation {
    Incarnation(name.to_owned())
}

pub(crate) fn admin() -> Actor {
    Actor { org: "default".parse().unwrap(), key_id: "00112233445566ff".parse().unwrap(), role: Role::Admin }
}
