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

/// CPU seconds of another process so far, user and system, with its children: those that have ended, and those that live. `None` where it is none of
/// this machine's.
pub(crate) fn family_cpu_seconds(parent: u32) -> Option<f64> {
    let own = Times::of(parent)?;
    let living = std::fs::read_dir("/proc").ok()?.filter_map(|entry| {
        let times = Times::of(entry.ok()?.file_name().to_str()?.parse().ok()?)?;
        (times.parent == parent).then_some(times.own)
    });
    let ticks = own.own + own.ended_children + living.sum::<u64>();
    let per_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_millis(ticks * 1_000 / per_second).as_secs_f64())
}

/// The parent of a process.
pub(crate) fn parent(process: u32) -> Option<u32> {
    Times::of(process).map(|times| times.parent)
}

/// What `/proc/<pid>/stat` says, in ticks.
struct Times {
    parent: u32,
    own: u64,
    ended_children: u64,
}

impl Times {
    fn of(process: u32) -> Option<Self> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name, in parentheses, may hold anything; after it come the state and then the numbers.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: ticks(11)? + ticks(12)?,
            ended_children: ticks(13)? + ticks(14)?,
        })
    }
}
