//! A process of the fleet: it writes what it says into files, and does not outlive its scenario.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::wait;

pub(super) struct Member {
    child: Child,
    name: String,
    out: PathBuf,
    err: PathBuf,
}

impl Member {
    /// Starts the command; what it says goes to two files beside each other.
    pub(super) fn start(mut command: Command, name: &str, log: &Path) -> anyhow::Result<Self> {
        let (out, err) = (log.with_extension("out"), log.with_extension("err"));
        command.stdin(Stdio::null()).stdout(File::create(&out)?).stderr(File::create(&err)?);
        let child = command.spawn().with_context(|| format!("{name} does not start"))?;
        Ok(Self { child, name: name.to_owned(), out, err })
    }

    /// All that it said so far.
    pub(super) fn said(&self) -> String {
        let read = |path| std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        format!("{}{}", read(&self.out).unwrap_or_default(), read(&self.err).unwrap_or_default())
    }

    /// Waits until it says something from which `found` makes an answer.
    pub(super) fn says<T>(
        &mut self,
        what: &str,
        mut found: impl FnMut(&str) -> Option<T>,
    ) -> anyhow::Result<T> {
        let what = format!("{what} from {}", self.name);
        wait::until(&what, wait::PATIENCE, || {
            let over = self.is_over()?;
            match found(&self.said()) {
                None if over => bail!("{} ended: {}", self.name, self.said()),
                answer => Ok(answer),
            }
        })
    }

    /// The most memory that it had resident at once, in bytes, as the kernel counted it.
    pub(super) fn peak_bytes(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB")).context("no VmHWM of the process")?;
        Ok(kib.trim().parse::<u64>()? * 1_024)
    }

    pub(super) fn is_over(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    pub(super) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), signal).with_context(|| format!("{} is gone", self.name))
    }

    /// `kill -9`, which must meet a process that runs.
    pub(super) fn kill(&mut self) -> anyhow::Result<()> {
        if self.is_over()? {
            bail!("{} had ended by itself: {}", self.name, self.said());
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits for its end.
    pub(super) fn end(&mut self, within: Duration) -> anyhow::Result<ExitStatus> {
        let what = format!("the end of {}", self.name);
        wait::until(&what, within, || Ok(self.child.try_wait()?))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            // A process that ended a moment ago cannot be killed, and need not be.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
