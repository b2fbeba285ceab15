//! A PostgreSQL server for tests.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::account;
use crate::tools;

/// Where Debian keeps the server's programs, one folder a version.
const PROGRAMS: &str = "/usr/lib/postgresql";

/// How long a server may take to start.
const STARTED_WITHIN: Duration = Duration::from_secs(30);

/// What a server does to keep what it acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Nothing: what a crash of a test's server would lose goes with its folder anyway.
    None,
    /// All: the defaults, which production has too.
    Full,
}

impl Durability {
    const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::None => &["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
            Self::Full => &["fsync=on", "synchronous_commit=on", "full_page_writes=on"],
        }
    }
}

pub(super) struct Postgres {
    server: Child,
    port: u16,
    folder: PathBuf,
    programs: PathBuf,
}

impl Postgres {
    pub(super) fn start(durability: Durability) -> anyhow::Result<Self> {
        tools::ensure("PostgreSQL", &["postgresql"], || programs().is_some())?;
        let programs = programs().context("PostgreSQL was installed and its programs are not found")?;
        let folder = account::folder("postgres")?;
        let data = folder.join("data");
        let data_text = data.to_string_lossy().into_owned();
        let made = account::command(
            &programs.join("initdb"),
            &[
                "-D",
                &data_text,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
        )
        .stdout(Stdio::null())
        .status()?;
        if !made.success() {
            bail!("initdb ended with {made}");
        }
        let port = account::free_port()?;
        let settings = [
            format!("port={port}"),
            format!("unix_socket_directories={}", folder.display()),
            "listen_addresses=127.0.0.1".to_owned(),
            "max_connections=300".to_owned(),
            // Tests provoke errors, and databases are dropped under their connections: what is wrong shows in the tests.
            "log_min_messages=panic".to_owned(),
        ];
        let mut command = account::command(&programs.join("postgres"), &["-D", &data_text]);
        for setting in settings.iter().map(String::as_str).chain(durability.settings().iter().copied()) {
            command.args(["-c", setting]);
        }
        let server = command.stdin(Stdio::null()).spawn().context("postgres cannot be started")?;
        let mut started = Self { server, port, folder, programs };
        started.wait()?;
        Ok(started)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the server's programs.
    pub(super) fn programs(&self) -> &std::path::Path {
        &self.programs
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let is_ready = self.programs.join("pg_isready");
        let started = Instant::now();
        let port = self.port.to_string();
        while started.elapsed() < STARTED_WITHIN {
            if let Some(ended) = self.server.try_wait()? {
                bail!("postgres ended with {ended} at its start");
            }
            let asked = Command::new(&is_ready).args(["-q", "-h", "127.0.0.1", "-p", &port]).status()?;
            if asked.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres was not ready within {} s", STARTED_WITHIN.as_secs())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        super::stop(&mut self.server, "INT");
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays: {error}", self.folder.display());
        }
    }
}

/// The folder of the newest version that is installed.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(PROGRAMS)
        .ok()?
        .filter_map(|entry| {
            let folder = entry.ok()?;
            let version = folder.file_name().to_str()?.parse().ok()?;
            let programs = folder.path().join("bin");
            programs.join("postgres").exists().then_some((version, programs))
        })
        .collect();
    versions.sort();
    versions.pop().map(|(_, programs)| programs)
}
