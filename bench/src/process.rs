//! What this process has used.

use std::time::Duration;

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};

/// CPU seconds of all threads of this process so far, user and system.
pub(crate) fn cpu_seconds() -> f64 {
    seconds(ClockId::ProcessCPUTime)
}

/// CPU seconds of this thread so far, user and system.
pub(crate) fn thread_cpu_seconds() -> f64 {
    seconds(ClockId::ThreadCPUTime)
}

fn seconds(clock: ClockId) -> f64 {
    Duration::try_from(clock_gettime(clock)).map_or(0.0, |spent| spent.as_secs_f64())
}

/// Starts the peak of [`peak_rss_mib`] anew; an older kernel keeps the old one.
pub(crate) fn forget_peak_rss() -> std::io::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5")
}

/// The most memory that was resident since the last [`forget_peak_rss`].
pub(crate) fn peak_rss_mib() -> anyhow::Result<f64> {
    status_mib("VmHWM:")
}

/// The memory that is resident now.
pub(crate) fn rss_mib() -> anyhow::Result<f64> {
    status_mib("VmRSS:")
}

fn status_mib(name: &str) -> anyhow::Result<f64> {
    let kib = number("/proc/self/status", name)?;
    Ok(kib / 1024.0)
}

/// What this process has had written to the disk so far.
pub(crate) fn written_mib() -> anyhow::Result<f64> {
    Ok(number("/proc/self/io", "write_bytes:")? / (1024.0 * 1024.0))
}

fn number(path: &str, name: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    value.with_context(|| format!("{path} has no {name}"))
}
