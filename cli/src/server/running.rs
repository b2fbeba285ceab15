//! A process that works until it is told to stop, and how it ends.

use std::future::Future;

use anyhow::Context;
use stet_api::Readiness;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The parts of a process, running.
#[derive(Default)]
pub(crate) struct Running {
    pub(super) readiness: Readiness,
    /// Ends what begins new work: claims, duties, listening to a queue.
    pub(super) stop: CancellationToken,
    /// Ends the grace period of a drain.
    pub(super) hasten: CancellationToken,
    /// Ends listeners.
    pub(super) close: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    listeners: Vec<JoinHandle<()>>,
}

impl Running {
    /// Begins a part that ends by itself after `stop`.
    pub(super) fn begin(&mut self, part: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(tokio::spawn(part));
    }

    /// Begins a listener, which ends after `close`.
    pub(super) fn listen(&mut self, listener: impl Future<Output = ()> + Send + 'static) {
        self.listeners.push(tokio::spawn(listener));
    }

    /// Ends the grace period of a stop that is under way.
    pub(crate) fn hastener(&self) -> CancellationToken {
        self.hasten.clone()
    }

    /// Stops claiming, lets calls in flight finish, writes what is left, then closes the listeners (reliability.md rule 12).
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.readiness.drain();
        self.stop.cancel();
        for task in self.tasks {
            task.await.context("a part of the process ended badly")?;
        }
        self.close.cancel();
        for listener in self.listeners {
            listener.await.context("a listener ended badly")?;
        }
        Ok(())
    }
}
