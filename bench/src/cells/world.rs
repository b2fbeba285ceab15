//! A server's parts over a database of its own, wired as the server wires them, without its listener and its scheduler.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::SecretString;
use stet_canon::Json;
use stet_coord::{NoMeter, ProviderVersions, VersionsPorts, VersionsSettings};
use stet_domain::als::{Catalog, Keyring};
use stet_domain::clock::Ids as _;
use stet_domain::ids::{Incarnation, TemplateId};
use stet_domain::limits::Limits;
use stet_domain::record::RecordKeys;
use stet_domain::role::Role;
use stet_domain::task::TaskRunner;
use stet_ops::{Actor, BatchSubmission, NewTemplate, Ops, OpsParts, OpsSettings, Pepper};
use stet_queue::{ApalisTaskRunner, Pulse};
use stet_scheduler::SchedulerOptions;
use stet_worker::{Doorbell, Providers, VersionSources, Worker, WorkerOptions};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::database::Database;
use super::provider::Double;
use super::system::{SystemClock, SystemIds};
use super::{CELLS_PER_REPLICATE, RoundOptions};

/// Locales of a measured grid; with two modes they make [`CELLS_PER_REPLICATE`] cells a replicate.
pub(super) const LOCALES: usize = 25;

/// 32 bytes in base64: these keys protect nothing.
const SECRET: &str = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

/// The example that the README starts with: a VAT question with an input, ALS and text output.
const EXAMPLE: &str = include_str!("../../../examples/vat-question.json");

/// One server's parts.
pub(super) struct World {
    pub(super) ops: Ops,
    pub(super) double: Arc<Double>,
    pub(super) template: TemplateId,
    pub(super) database: Database,
    doorbell: Doorbell,
    ids: Arc<SystemIds>,
}

impl World {
    /// A new database with the example's template; ends in a process that has done nothing else.
    pub(super) async fn new(options: &RoundOptions) -> anyhow::Result<Self> {
        let database = Database::open(options).await?;
        let (ids, doorbell) = (Arc::new(SystemIds::default()), Doorbell::default());
        let double = Arc::new(Double::new(Duration::from_millis(options.latency_ms)));
        let providers = Providers::default().with(Arc::clone(&double) as _);
        let ports = &database.ports;
        let versions = VersionsPorts {
            flights: Arc::clone(&ports.flights),
            cache: Arc::clone(&ports.cache),
            source: Arc::new(VersionSources(providers.clone())),
            ids: Arc::clone(&ids) as _,
            meter: Arc::new(NoMeter),
        };
        let versions = ProviderVersions::new(versions, "bench".to_owned(), VersionsSettings::default());
        let tasks: Arc<dyn TaskRunner> = match &database.fleet {
            Some(fleet) => Arc::new(ApalisTaskRunner::new(Arc::clone(&fleet.queue) as _)),
            None => Arc::new(doorbell.clone()),
        };
        let ops = Ops::new(OpsParts {
            store: Arc::clone(&ports.store),
            clock: Arc::new(SystemClock),
            ids: Arc::clone(&ids) as _,
            tasks,
            versions: Arc::new(versions),
            gates: Arc::clone(&ports.gates),
            members: Arc::clone(&ports.members),
            als_keys: Some(Arc::new(Keyring::parse(&SecretString::from(format!("k1:{SECRET}")))?)),
            record_keys: Arc::new(RecordKeys::parse(&SecretString::from(format!("r1:{SECRET}")))?),
            pepper: Pepper(vec![7; 32].into()),
            settings: OpsSettings {
                // A grid of few locales reaches its cells by replicates.
                limits: Limits { batch_max_replicates: 100_000 / CELLS_PER_REPLICATE, ..Limits::default() },
                providers: providers.names().collect(),
                ..OpsSettings::default()
            },
        });
        ops.bootstrap().await?;
        let template = ops.create_template(&actor()?, &example()?, None).await?.value.id;
        Ok(Self { ops, double, template, database, doorbell, ids })
    }

    /// Executes cells until `stop`: a worker with the server's lease, and in a fleet its listener and a scheduler beside it.
    pub(super) fn work(&self, concurrency: u32, stop: &CancellationToken) -> JoinSet<()> {
        let providers = Providers::default().with(Arc::clone(&self.double) as _);
        let incarnation = Incarnation(format!("bench-{}", self.ids.ulid()));
        let lease_seconds = self.ops.settings().lease_seconds;
        let options = WorkerOptions { concurrency, lease_seconds, shutdown_grace: Duration::from_secs(30) };
        let worker =
            Worker::new(self.ops.clone(), providers, self.doorbell.clone(), incarnation.clone(), options);
        let mut parts = JoinSet::new();
        let worker = match &self.database.fleet {
            None => worker,
            Some(fleet) => {
                let (hints, heard) = mpsc::channel(WorkerOptions::HINTS_WAITING);
                let (queue, process, ends) = (Arc::clone(&fleet.queue), incarnation.clone(), stop.clone());
                parts.spawn(async move { queue.listen(&process, hints, Pulse::default(), ends).await });
                parts.spawn(stet_scheduler::run_in_fleet(
                    self.ops.clone(),
                    incarnation,
                    SchedulerOptions::for_lease(lease_seconds),
                    stet_scheduler::Fleet {
                        bell: Arc::clone(&fleet.queue) as _,
                        flights: Arc::clone(&self.database.ports.flights),
                    },
                    stop.clone(),
                ));
                worker.hearing(heard).refusing_doubles(Arc::clone(&fleet.runs))
            }
        };
        parts.spawn(worker.run(stop.clone(), CancellationToken::new()));
        parts
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.database.close().await
    }
}

/// Of the default org, allowed everything.
pub(super) fn actor() -> anyhow::Result<Actor> {
    let org = stet_ops::DEFAULT_ORG.parse()?;
    Ok(Actor { org, key_id: "00112233445566ff".parse()?, role: Role::Admin })
}

/// A batch of `cells`: half ungrounded, half with a search that the answer must show.
pub(super) fn submission(cells: u32) -> anyhow::Result<BatchSubmission> {
    let catalog = Catalog::named("v1").context("the catalogue is compiled in")?;
    Ok(BatchSubmission {
        locales: catalog.locales().take(LOCALES).map(str::to_owned).collect(),
        grounding_modes: vec!["UNGROUNDED".to_owned(), "REQUIRED".to_owned()],
        replicates: i64::from(cells / CELLS_PER_REPLICATE),
        inputs: Json::Null,
        drift_policy: "hard".to_owned(),
        max_parallel: None,
        expected_plan_sha256: None,
        trace: None,
    })
}

/// The canary prompts of the example.
pub(super) fn canaries() -> anyhow::Result<u64> {
    let prompts = example()?.config.get("canary").and_then(Json::as_array).map_or(0, <[Json]>::len);
    Ok(prompts as u64)
}

fn example() -> anyhow::Result<NewTemplate> {
    let document = Json::parse(EXAMPLE.as_bytes()).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let name = document.get("name").and_then(Json::as_str).context("the example has no name")?;
    let config = document.get("config").context("the example has no config")?;
    Ok(NewTemplate { name: name.to_owned(), config: config.clone() })
}
