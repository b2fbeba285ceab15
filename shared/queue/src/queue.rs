//! A queue of hints, whatever carries it.

use async_trait::async_trait;
use stet_domain::bell::{Bell, Heard};
use stet_domain::ids::Incarnation;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Pulse;

/// A bell, and the ear that hears it in another process.
#[async_trait]
pub trait Queue: Bell {
    /// Hands every hint that it hears to `hints`, and fetches none while there is no room; until `stop`. A listener that ends, as it does with its
    /// server, is started again under a name of its own after a growing wait.
    async fn listen(
        &self,
        process: &Incarnation,
        hints: mpsc::Sender<Heard>,
        pulse: Pulse,
        stop: CancellationToken,
    );
}
