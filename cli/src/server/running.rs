//! A process that works until it is told to stop, and how it ends.

use std::future::Future;

use anyhow::Context;
use stet_api::Readiness;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

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
    /// Ended by a part that ends before it was told to.
    fallen: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    listeners: Vec<JoinHandle<()>>,
}

/// Tells, however its task ends, whether that was before it was told to.
struct Watch {
    stop: CancellationToken,
    fallen: CancellationToken,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.stop.is_cancelled() {
            self.fallen.cancel();
        }
    }
}

impl Running {
    /// Begins a part that ends by itself after `stop`.
    pub(super) fn begin(&mut self, part: impl Future<Output = ()> + Send + 'static) {
        let watch = Watch { stop: self.stop.clone(), fallen: self.fallen.clone() };
        self.tasks.push(tokio::spawn(async move {
            let _watch = watch;
            part.await;
        }));
    }

    /// Ends once a part has ended that nobody told to: without it the process would live on and do nothing.
    pub(crate) fn fallen(&self) -> WaitForCancellationFutureOwned {
        self.fallen.clone().cancelled_owned()
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
        // Each is waited for, whatever became of another: it has work to write down.
        let mut ended = Ok(());
        for task in self.tasks {
            ended = ended.and(task.await.context("a part of the process ended badly"));
        }
        self.close.cancel();
        for listener in self.listeners {
            ended = ended.and(listener.await.context("a listener ended badly"));
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_part_that_panics_is_noticed_and_the_others_end_in_order() {
        let (mut running, ended) = (Running::default(), Arc::new(AtomicBool::new(false)));
        let (stop, told) = (running.stop.clone(), Arc::clone(&ended));
        running.begin(async move {
            stop.cancelled().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            told.store(true, Ordering::Relaxed);
        });
        let fallen = running.fallen();
        assert!(tokio::time::timeout(Duration::from_millis(20), running.fallen()).await.is_err());
        running.begin(async { panic!("as a part may") });
        fallen.await;
        assert!(running.stop().await.is_err());
        assert!(ended.load(Ordering::Relaxed), "the other one was waited for");
    }

    #[tokio::test]
    async fn a_part_that_ends_as_it_is_told_to_is_no_fall() {
        let mut running = Running::default();
        let (stop, fallen) = (running.stop.clone(), running.fallen.clone());
        running.begin(async move { stop.cancelled().await });
        running.stop().await.unwrap();
        assert!(!fallen.is_cancelled());
    }
}
