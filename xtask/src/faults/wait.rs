//! Waiting for what can be seen.

use std::time::{Duration, Instant};

use anyhow::bail;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// No condition takes longer where nothing says otherwise, on a machine however busy.
pub(super) const PATIENCE: Duration = Duration::from_mins(3);

/// Looks again and again until there is an answer, or the time is over.
pub(super) fn until<T>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if start.elapsed() > within {
            bail!("waited {} s in vain for {what}", within.as_secs());
        }
        std::thread::sleep(LOOK);
    }
}
