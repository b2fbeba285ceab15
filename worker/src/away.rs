//! Writing while the database is away.

use std::time::Duration;

use stet_ops::OpError;

/// The first wait after a failed write, and the longest.
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// The waits between tries, each twice as long as the one before.
pub(crate) struct Pauses {
    next: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self { next: FIRST }
    }
}

impl Pauses {
    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 2).min(LONGEST);
    }
}

/// Writes again and again while the database is away; for how long is the caller's to bound.
///
/// # Errors
/// What the database refuses.
pub(crate) async fn written<T, F>(write: impl Fn() -> F) -> Result<T, OpError>
where
    F: Future<Output = Result<T, OpError>>,
{
    let mut pauses = Pauses::default();
    loop {
        match write().await {
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "what a call brought could not be written, trying again");
                pauses.wait().await;
            }
            done => return done,
        }
    }
}
