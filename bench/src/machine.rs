//! The machine that the figures hold for.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde::Serialize;

use crate::spread::Spread;

/// How often the disk is asked to keep a page.
const SYNCS: usize = 50;

/// What a reader needs to compare figures.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    /// Runnable tasks over the last minute, at the start: above zero others used the machine too.
    pub(crate) load_1m: f64,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let memory_kib =
            field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok());
        Self {
            cpu: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_mib: memory_kib.unwrap_or(0_u64) / 1024,
            kernel: read("/proc/sys/kernel/osrelease").unwrap_or_else(unknown),
            rustc: rustc().unwrap_or_else(unknown),
            load_1m: load_1m(),
        }
    }
}

/// Runnable tasks over the last minute.
pub(crate) fn load_1m() -> f64 {
    read("/proc/loadavg").and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(f64::NAN)
}

/// What one append of 8 KiB with `fdatasync` costs in `folder`, in milliseconds: the price of a transaction.
pub(crate) fn sync_ms(folder: &Path) -> anyhow::Result<Option<Spread>> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut taken = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.write_all(&[7; 8192])?;
        file.sync_data()?;
        taken.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(Spread::of(&taken))
}

/// The file system that holds `folder`.
pub(crate) fn file_system(folder: &Path) -> String {
    let mounts = read("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let holding = mounts.filter(|(place, _)| folder.starts_with(place)).max_by_key(|(place, _)| place.len());
    holding.map_or_else(unknown, |(_, kind)| kind.to_owned())
}

fn rustc() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = read(path)?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}
