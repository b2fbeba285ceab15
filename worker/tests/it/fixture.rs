//! A database file, a simulated provider, and any number of processes over both.

mod ask;
mod doubles;
mod look;
mod process;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use stet_domain::clock::Timestamp;
use stet_domain::ids::OrgId;
use stet_domain::role::Role;
use stet_ops::Actor;
use stet_provider_http::gemini::{Gemini, GeminiOptions};
use stet_provider_http::openai::{OpenAi, OpenAiOptions};
use stet_provider_http::transport::Timeouts;
use stet_provider_http::vertex::{Vertex, VertexCredentials, VertexOptions};
use stet_simulator::{Options, Running, Scenario, Simulator};
use stet_testkit::{FakeClock, TempDatabase};
use stet_worker::Providers;

pub(crate) use ask::{Asked, FLASH, MODEL, grid};
pub(crate) use process::{Process, Setup};

/// What the simulator and its client agree on.
const KEY: &str = "sk-simulated-key";

/// How long anything that a test waits for may take; nothing comes near it on a machine that is not overloaded.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// One test's surroundings, with one process to begin with.
pub(crate) struct World {
    pub(crate) database: TempDatabase,
    pub(crate) simulator: Running,
    pub(crate) process: Process,
}

impl World {
    /// A process with the usual setup, and a simulator that plays the scenario.
    pub(crate) async fn new(scenario: &str) -> Self {
        Self::with(scenario, Setup::default()).await
    }

    pub(crate) async fn with(scenario: &str, setup: Setup) -> Self {
        let simulator = simulator("127.0.0.1:0".parse().unwrap(), scenario).await;
        let database = TempDatabase::open().await;
        let store = database.process().await.store;
        for name in ["default", "other"] {
            store.ensure_org(&org(name), Timestamp(0)).await.unwrap();
        }
        let providers = providers(simulator.local_addr(), setup.timeout);
        let process = Process::new(&database, providers, setup, 1).await;
        Self { database, simulator, process }
    }

    /// A further process over the same database and simulator: connections, ids and name of its own.
    pub(crate) async fn another(&self, setup: Setup) -> Process {
        let providers = providers(self.simulator.local_addr(), setup.timeout);
        Process::new(&self.database, providers, setup, 2).await
    }

    /// From now on, this scenario.
    pub(crate) fn play(&self, scenario: &str) {
        self.simulator.set_scenario(Scenario::parse(scenario.as_bytes()).unwrap());
    }

    /// Generation calls received so far, preflights among them.
    pub(crate) fn calls(&self) -> u64 {
        self.simulator.counts().received
    }

    /// Waits until that many calls are under way at the provider.
    pub(crate) async fn in_flight(&self, calls: u64) {
        let what = format!("{calls} calls in flight");
        until(&what, async || (self.simulator.counts().in_flight == calls).then_some(())).await;
    }

    /// A statement behind every process's back.
    pub(crate) async fn sql(&self, statement: &str) {
        self.database.sql(statement).await;
    }

    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        self.database.number(query).await
    }
}

pub(crate) async fn simulator(address: SocketAddr, scenario: &str) -> Running {
    let scenario = Scenario::parse(scenario.as_bytes()).unwrap();
    let options = Options { seed: 7, scenario, key: Some(KEY.to_owned()) };
    Simulator::new(options).bind(address).await.unwrap()
}

pub(crate) fn providers(address: SocketAddr, timeout: Duration) -> Providers {
    let timeouts = Timeouts { connect: timeout, read: timeout, total: timeout };
    let openai = OpenAi::new(OpenAiOptions {
        base_url: format!("http://{address}/v1").parse().unwrap(),
        key: SecretString::from(KEY),
        timeouts,
    });
    let gemini = Gemini::new(GeminiOptions {
        base_url: format!("http://{address}/v1beta").parse().unwrap(),
        key: SecretString::from(KEY),
        timeouts,
    });
    let vertex = Vertex::new(VertexOptions {
        base_url: format!("http://{address}").parse().unwrap(),
        project: "a-project".to_owned(),
        location: "europe-west4".to_owned(),
        credentials: VertexCredentials::AccessToken(SecretString::from(KEY)),
        timeouts,
        clock: Arc::new(FakeClock::default()),
    });
    Providers::default()
        .with(Arc::new(openai.unwrap()))
        .with(Arc::new(gemini.unwrap()))
        .with(Arc::new(vertex.unwrap()))
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

pub(crate) fn org(name: &str) -> OrgId {
    name.parse().unwrap()
}

/// Of that org, allowed everything.
pub(crate) fn actor(name: &str) -> Actor {
    Actor { org: org(name), key_id: "00112233445566ff".parse().unwrap(), role: Role::Admin }
}

/// Of the default org, allowed everything.
pub(crate) fn admin() -> Actor {
    actor("default")
}
