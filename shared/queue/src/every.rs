//! Looks at a queue at an interval, whatever wakes its listener beside.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::prelude::{PollSnapshot, PollStrategy};
use tokio::time::{Instant, Sleep};

use crate::backoff;

/// The queue is looked at so often even when no notification comes, at most every 500 ms: each listener at an interval of its own, by its name.
const LOOK_SHORTEST: Duration = Duration::from_millis(375);
const LOOK_SPREAD: Duration = Duration::from_millis(125);

/// Wakes the worker at an interval. The library's own strategy arms its next wake-up only when it is asked again.
pub(crate) struct Every {
    every: Duration,
    next: Option<Pin<Box<Sleep>>>,
}

impl Every {
    /// The interval of that listener.
    pub(crate) fn of(listener: &str) -> Self {
        Self { every: LOOK_SHORTEST + LOOK_SPREAD * backoff::share(listener, 0) / 255, next: None }
    }
}

impl PollStrategy for Every {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let every = self.every;
        let next = self.next.get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
        if next.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        next.as_mut().reset(Instant::now() + every);
        // Asked once more, so that it wakes this task when it is due.
        if next.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Ready(Some(()))
    }
}
