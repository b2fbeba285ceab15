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

pub(super) struct Redis {
    server: Child,
    port: u16,
}

impl Redis {
    pub(super) fn start() -> anyhow::Result<Self> {
        tools::ensure("Redis", &["redis-server"], || Path::new(PROGRAM).exists())?;
        let port = account::free_port()?;
        let server = Command::new(PROGRAM)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("redis-server cannot be started")?;
        let mut started = Self { server, port };
        started.wait()?;
        Ok(started)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
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

impl Drop for Redis {
    fn drop(&mut self) {
        super::stop(&mut self.server, "TERM");
    }
}
