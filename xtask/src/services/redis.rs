//! A Redis server for tests: what it holds goes with it, and nothing is evicted (docs/spec/reliability.md, rule 13).

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::account;
use crate::{shell, tools};

const PROGRAM: &str = "/usr/bin/redis-server";

/// How long it may take to start.
const STARTED_WITHIN: Duration = Duration::from_secs(10);

pub(crate) struct Redis {
    server: Child,
    port: u16,
}

impl Redis {
    pub(crate) fn start() -> anyhow::Result<Self> {
        tools::ensure("Redis", &["redis-server"], || Path::new(PROGRAM).exists())?;
        let port = account::free_port()?;
        let mut started = Self { server: spawn(port)?, port };
        started.wait()?;
        Ok(started)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What it answers.
    pub(crate) fn ask(&self, words: &[&str]) -> anyhow::Result<String> {
        let port = self.port.to_string();
        shell::output("redis-cli", &[&["-h", "127.0.0.1", "-p", &port], words].concat())
            .with_context(|| format!("Redis refused {words:?}"))
    }

    /// Takes all that it holds.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        self.ask(&["flushall"]).map(drop)
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// Starts it again, empty.
    pub(crate) fn start_again(&mut self) -> anyhow::Result<()> {
        self.server = spawn(self.port)?;
        self.wait()
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        let port = self.port.to_string();
        while started.elapsed() < STARTED_WITHIN {
            if let Some(ended) = self.server.try_wait()? {
                bail!("redis-server ended with {ended} at its start");
            }
            if shell::output("redis-cli", &["-h", "127.0.0.1", "-p", &port, "ping"]).as_deref()
                == Some("PONG")
            {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("redis-server was not ready within {} s", STARTED_WITHIN.as_secs())
    }
}

fn spawn(port: u16) -> anyhow::Result<Child> {
    Command::new(PROGRAM)
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .context("redis-server cannot be started")
}

impl Drop for Redis {
    fn drop(&mut self) {
        super::stop(&mut self.server, "TERM");
    }
}
