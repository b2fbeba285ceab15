//! The parts that processes are composed of: `serve` has all of them in sync mode, a fleet's processes have some each.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use stet_api::{ApiOptions, ApiState, CursorKey, MetricsText, Readiness};
use stet_coord::{Who, Work, beat};
use stet_domain::member::Duty;
use stet_scheduler::SchedulerOptions;
use stet_worker::{Doorbell, Worker, WorkerOptions};
use tokio_util::sync::CancellationToken;

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

/// How often the scheduler does what. A model list is renewed in the last quarter of its time, which is met by two looks.
pub(super) fn schedule(settings: &Settings) -> SchedulerOptions {
    let ttl = Duration::from_secs(u64::from(settings.version_cache_ttl_seconds));
    SchedulerOptions {
        audit_every: settings.audit_every,
        versions_every: (ttl / 8).clamp(Duration::from_secs(1), Duration::from_mins(1)),
        ..SchedulerOptions::for_lease(settings.lease_seconds)
    }
}

/// A part that the fleet is told of for as long as it works, while it drains too.
pub(super) fn told(
    wired: &Wired,
    duty: Duty,
    slots: u32,
    work: impl Fn() -> Work + Send + Sync + 'static,
    part: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let members = Arc::clone(&wired.members);
    let who = Who {
        incarnation: wired.incarnation.0.clone(),
        duty,
        build: env!("CARGO_PKG_VERSION").to_owned(),
        slots: u64::from(slots),
    };
    async move {
        let over = CancellationToken::new();
        let work_on = async {
            part.await;
            over.cancel();
        };
        tokio::join!(work_on, beat(members, who, work, over.cancelled()));
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
