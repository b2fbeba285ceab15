//! A member of a fleet beside the serving processes: it executes cells, or does what is due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use stet_api::ServeOptions;
use stet_coord::Work;
use stet_domain::member::Duty;
use stet_queue::{Pulse, Queue};
use stet_scheduler::Fleet;
use stet_worker::{Doorbell, WorkerOptions};
use tokio::sync::mpsc;

use super::database::{self, Migrations};
use super::running::Running;
use super::wiring::{self, Wired};
use super::{listening, parts, queue};
use crate::metrics;
use crate::settings::{ExecutionMode, Settings};

/// The command that starts such a member.
const fn verb(duty: Duty) -> &'static str {
    match duty {
        Duty::Worker => "stet worker",
        Duty::Scheduler => "stet scheduler",
    }
}

/// A member that works.
pub(crate) struct Member {
    incarnation: String,
    health: Option<SocketAddr>,
    running: Running,
    pulse: Option<Pulse>,
}

impl Member {
    /// Opens database and queue and starts the duty.
    pub(crate) async fn start(settings: &Settings, duty: Duty) -> anyhow::Result<Self> {
        if settings.execution_mode != ExecutionMode::Apalis {
            bail!(
                "EXECUTION_MODE is sync: `stet serve` does all of it in one process; set EXECUTION_MODE=apalis for it and for `{}`",
                verb(duty)
            )
        }
        let health = match &settings.health_listen {
            Some(address) => Some(listening::bind("STET_HEALTH_LISTEN", address).await?),
            None => None,
        };
        let database = database::open(settings, Migrations::Refuse).await?;
        let queue = queue::open(settings, &database.installation).await?;
        let metrics = metrics::start()?;
        let tasks = queue::runner(Arc::clone(&queue) as _);
        let wired = wiring::wire(settings, database, tasks).await?;
        let incarnation = wired.incarnation.0.clone();
        let mut running = Running::default();
        let pulse = match duty {
            Duty::Worker => Some(execute(settings, &wired, queue, &mut running)),
            Duty::Scheduler => {
                schedule(settings, &wired, queue, &mut running);
                None
            }
        };
        let address = health.as_ref().map(|(_, address)| *address);
        if let Some((listener, _)) = health {
            let router = stet_api::probes(parts::api(wired, running.readiness.clone(), metrics));
            let close = running.close.clone().cancelled_owned();
            running.listen(stet_api::serve(listener, router, ServeOptions::default(), close));
        }
        Ok(Self { incarnation, health: address, running, pulse })
    }

    /// Host, process and start.
    pub(crate) fn incarnation(&self) -> &str {
        &self.incarnation
    }

    /// Where the probes answer.
    pub(crate) const fn health(&self) -> Option<SocketAddr> {
        self.health
    }

    /// The parts, to be stopped, and what ends where one of them stands still.
    pub(crate) fn into_parts(self) -> (Running, impl Future<Output = Duration>) {
        let pulse = self.pulse;
        let stands_still = async move {
            match pulse {
                Some(pulse) => {
                    pulse.stopped(Pulse::STOPPED_AFTER).await;
                    pulse.age()
                }
                None => std::future::pending().await,
            }
        };
        (self.running, stands_still)
    }
}

/// The executor, and the listener that hands it what the queue hints at.
fn execute(settings: &Settings, wired: &Wired, queue: Arc<dyn Queue>, running: &mut Running) -> Pulse {
    let (hints, heard) = mpsc::channel(WorkerOptions::HINTS_WAITING);
    let worker = parts::worker(settings, wired, Doorbell::default())
        .hearing(heard)
        .refusing_doubles(Arc::clone(&wired.runs));
    let tally = worker.tally();
    running.begin(parts::told(
        wired,
        Duty::Worker,
        settings.worker_concurrency,
        move || tally.work(),
        worker.run(running.stop.clone(), running.hasten.clone()),
    ));
    let pulse = Pulse::default();
    let (beats, process, stop) = (pulse.clone(), wired.incarnation.clone(), running.stop.clone());
    running.begin(async move { queue.listen(&process, hints, beats, stop).await });
    pulse
}

fn schedule(settings: &Settings, wired: &Wired, queue: Arc<dyn Queue>, running: &mut Running) {
    let scheduler = stet_scheduler::run_in_fleet(
        wired.ops.clone(),
        wired.incarnation.clone(),
        parts::schedule(settings),
        Fleet { bell: queue, flights: Arc::clone(&wired.flights) },
        running.stop.clone(),
    );
    running.begin(parts::told(wired, Duty::Scheduler, 0, Work::default, scheduler));
}
