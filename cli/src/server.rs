//! The serving process: the API and, in sync mode, worker and scheduler, over one database, wired and shut down together.

mod auditor;
mod database;
mod first_key;
mod keys;
mod listening;
mod member;
mod parts;
mod providers;
mod queue;
mod redis;
mod running;
mod wiring;

use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::SecretString;
use stet_api::ServeOptions;
use stet_domain::member::Duty;
use stet_domain::task::TaskRunner;
use stet_worker::Doorbell;

use crate::metrics;
use crate::settings::{ExecutionMode, Settings};

pub(crate) use auditor::operations;
pub(crate) use database::{Migrations, migrate};
pub(crate) use member::Member;
pub(crate) use running::Running;

/// A server that serves.
pub(crate) struct Server {
    address: SocketAddr,
    first_key: Option<SecretString>,
    running: Running,
}

impl Server {
    /// Opens the database, binds the address and starts everything.
    pub(crate) async fn start(settings: &Settings, migrations: Migrations) -> anyhow::Result<Self> {
        // First of all: a port that is taken should leave neither a database nor a worker behind.
        let (listener, address) = listening::bind("STET_LISTEN", &settings.listen).await?;
        let database = database::open(settings, migrations).await?;
        let metrics = metrics::start()?;
        let store = Arc::clone(&database.store);
        let doorbell = Doorbell::default();
        let tasks: Arc<dyn TaskRunner> = match settings.execution_mode {
            ExecutionMode::Sync => Arc::new(doorbell.clone()),
            ExecutionMode::Apalis => queue::runner(queue::open(settings, &database.installation).await?),
        };
        let wired = wiring::wire(settings, database, tasks).await?;
        let first_key = first_key::keep(settings, store.as_ref(), &wired.ops).await?;

        let mut running = Running::default();
        if settings.execution_mode == ExecutionMode::Sync {
            let worker = parts::worker(settings, &wired, doorbell.clone());
            let tally = worker.tally();
            running.begin(parts::told(
                &wired,
                Duty::Worker,
                settings.worker_concurrency,
                move || tally.work(),
                worker.run(running.stop.clone(), running.hasten.clone()),
            ));
            running.begin(stet_scheduler::run(
                wired.ops.clone(),
                wired.incarnation.clone(),
                parts::schedule(settings),
                move || doorbell.ring(),
                running.stop.clone(),
            ));
        }
        let router = stet_api::router(parts::api(wired, running.readiness.clone(), metrics));
        let close = running.close.clone().cancelled_owned();
        running.listen(stet_api::serve(listener, router, ServeOptions::default(), close));
        Ok(Self { address, first_key, running })
    }

    /// Where the API is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The admin key, on the first start only.
    pub(crate) const fn first_key(&self) -> Option<&SecretString> {
        self.first_key.as_ref()
    }

    /// The parts, to be stopped.
    pub(crate) fn into_running(self) -> Running {
        self.running
    }

    /// Stops in order.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.running.stop().await
    }
}
