//! The parts that processes are composed of: `serve` has all of them in sync mode, a fleet's processes have some each.

use stet_api::{ApiOptions, ApiState, CursorKey, MetricsText, Readiness};
use stet_scheduler::SchedulerOptions;
use stet_worker::{Doorbell, Worker, WorkerOptions};

use super::wiring::Wired;
use crate::settings::Settings;

/// The executor of cells.
pub(super) fn worker(settings: &Settings, wired: &Wired, doorbell: Doorbell) -> Worker {
    Worker::new(
        wired.ops.clone(),
        wired.providers.clone(),
        doorbell,
        wired.incarnation.clone(),
        WorkerOptions {
            concurrency: settings.worker_concurrency,
            lease_seconds: settings.lease_seconds,
            shutdown_grace: settings.shutdown_grace,
        },
    )
}

/// How often the scheduler does what.
pub(super) fn schedule(settings: &Settings) -> SchedulerOptions {
    SchedulerOptions {
        audit_every: settings.audit_every,
        ..SchedulerOptions::for_lease(settings.lease_seconds)
    }
}

/// What HTTP answers from.
pub(super) fn api(wired: Wired, readiness: Readiness, metrics: MetricsText) -> ApiState {
    ApiState {
        ops: wired.ops,
        cursor_key: CursorKey::new(wired.cursor_secret),
        options: ApiOptions::default(),
        readiness,
        metrics,
    }
}
