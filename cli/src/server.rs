//! The serving process: API, worker and scheduler over one database, wired and shut down together.

mod database;
mod keys;
mod providers;
mod wiring;

use std::net::SocketAddr;

use anyhow::Context;
use secrecy::SecretString;
use stet_api::{ApiOptions, ApiState, CursorKey, Readiness, ServeOptions};
use stet_scheduler::SchedulerOptions;
use stet_worker::{Doorbell, Worker, WorkerOptions};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::metrics;
use crate::settings::Settings;

pub(crate) use database::{Migrations, migrate};

/// A server that serves.
pub(crate) struct Server {
    address: SocketAddr,
    first_key: Option<SecretString>,
    readiness: Readiness,
    /// Ends the worker's claims and the scheduler.
    stop: CancellationToken,
    /// Ends the grace period of a drain.
    hasten: CancellationToken,
    /// Ends the listener.
    close: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    listener: JoinHandle<()>,
}

impl Server {
    /// Opens the database, binds the address and starts everything.
    pub(crate) async fn start(settings: &Settings, migrations: Migrations) -> anyhow::Result<Self> {
        let address: SocketAddr = settings.listen.parse().context("STET_LISTEN is no address")?;
        // First of all: a port that is taken should leave neither a database nor a worker behind.
        let listener = TcpListener::bind(address).await.map_err(|error| in_use(address, &error))?;
        let address = listener.local_addr()?;
        let database = database::open(settings, migrations).await?;
        let metrics = metrics::start()?;
        let doorbell = Doorbell::default();
        let wired = wiring::wire(settings, database, doorbell.clone()).await?;

        let (stop, hasten, close) =
            (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let worker = Worker::new(
            wired.ops.clone(),
            wired.providers,
            doorbell.clone(),
            wired.incarnation.clone(),
            WorkerOptions {
                concurrency: settings.worker_concurrency,
                lease_seconds: settings.lease_seconds,
                shutdown_grace: settings.shutdown_grace,
            },
        );
        let scheduler = stet_scheduler::run(
            wired.ops.clone(),
            wired.incarnation,
            SchedulerOptions::for_lease(settings.lease_seconds),
            move || doorbell.ring(),
            stop.clone(),
        );
        let tasks = vec![tokio::spawn(worker.run(stop.clone(), hasten.clone())), tokio::spawn(scheduler)];

        let readiness = Readiness::default();
        let router = stet_api::router(ApiState {
            ops: wired.ops,
            cursor_key: CursorKey::new(wired.cursor_secret),
            options: ApiOptions::default(),
            readiness: readiness.clone(),
            metrics,
        });
        let closed = close.clone();
        let listener = tokio::spawn(stet_api::serve(listener, router, ServeOptions::default(), async move {
            closed.cancelled().await;
        }));
        Ok(Self { address, first_key: wired.first_key, readiness, stop, hasten, close, tasks, listener })
    }

    /// Where the API is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The admin key, on the first start only.
    pub(crate) const fn first_key(&self) -> Option<&SecretString> {
        self.first_key.as_ref()
    }

    /// Ends the grace period of a stop that is under way.
    pub(crate) fn hastener(&self) -> CancellationToken {
        self.hasten.clone()
    }

    /// Stops claiming, lets calls in flight finish, writes what is left, then closes the listener (reliability.md rule 12).
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.readiness.drain();
        self.stop.cancel();
        for task in self.tasks {
            task.await.context("a part of the server ended badly")?;
        }
        self.close.cancel();
        self.listener.await.context("the listener ended badly")
    }
}

fn in_use(address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        anyhow::anyhow!(
            "{address} is in use by another program: set STET_LISTEN (or --listen, or --port) to another address"
        )
    } else {
        anyhow::anyhow!("{address} cannot be listened on: {error}")
    }
}
