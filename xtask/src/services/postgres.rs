//! A PostgreSQL server for tests.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::account;
use crate::tools;

/// Where Debian keeps the server's programs, one folder a version.
const PROGRAMS: &str = "/usr/lib/postgresql";

/// How long a server may take to start.
const STARTED_WITHIN: Duration = Duration::from_secs(30);

pub(crate) struct Postgres {
    server: Child,
    port: u16,
    folder: PathBuf,
    programs: PathBuf,
    commits: Commits,
}

/// What a commit is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commits {
    /// A crash of the server may lose the last of them.
    Early,
    /// A crash of the server loses none; one of the machine may.
    Kept,
    /// No crash loses any, as in production.
    Durable,
}

impl Postgres {
    pub(super) fn start(commits: Commits) -> anyhow::Result<Self> {
        Self::start_in(account::folder("postgres")?, commits)
    }

    /// One to be crashed, beside the others; `on` prepares its folder before anything is in it.
    pub(crate) fn start_apart(
        name: &str,
        on: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let folder = account::folder(name)?;
        on(&folder)?;
        account::own(&folder)?;
        Self::start_in(folder, Commits::Kept)
    }

    fn start_in(folder: PathBuf, commits: Commits) -> anyhow::Result<Self> {
        tools::ensure("PostgreSQL", &["postgresql"], || programs().is_some())?;
        let programs = programs().context("PostgreSQL was installed and its programs are not found")?;
        let data = data(&folder);
        let made = account::command(
            &programs.join("initdb"),
            &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        )
        .stdout(Stdio::null())
        .status()?;
        if !made.success() {
            bail!("initdb ended with {made}");
        }
        let port = account::free_port()?;
        let server = spawn(&programs, &folder, port, commits)?;
        let mut started = Self { server, port, folder, programs, commits };
        started.wait()?;
        Ok(started)
    }

    /// Stops it at once, as a crash does.
    pub(crate) fn crash(&mut self) {
        super::stop(&mut self.server, "QUIT");
    }

    /// Starts it again, which recovers what was committed.
    pub(crate) fn start_again(&mut self) -> anyhow::Result<()> {
        self.server = spawn(&self.programs, &self.folder, self.port, self.commits)?;
        self.wait()
    }

    /// Whether it has ended, by itself too.
    pub(crate) fn is_over(&mut self) -> anyhow::Result<bool> {
        Ok(self.server.try_wait()?.is_some())
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the server's programs.
    pub(crate) fn programs(&self) -> &Path {
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

/// Where the server keeps its data, in the folder of its own.
pub(crate) const DATA: &str = "data";

fn data(folder: &Path) -> String {
    folder.join(DATA).to_string_lossy().into_owned()
}

fn spawn(programs: &Path, folder: &Path, port: u16, commits: Commits) -> anyhow::Result<Child> {
    // Tests need no durability of their data: what a crash of the machine would lose goes with the folder anyway.
    let (committed, synced) = match commits {
        Commits::Early => ("off", "off"),
        Commits::Kept => ("on", "off"),
        Commits::Durable => ("on", "on"),
    };
    let settings = [
        format!("port={port}"),
        format!("unix_socket_directories={}", folder.display()),
        "listen_addresses=127.0.0.1".to_owned(),
        "max_connections=300".to_owned(),
        format!("fsync={synced}"),
        format!("synchronous_commit={committed}"),
        format!("full_page_writes={synced}"),
        // Tests provoke errors, and databases are dropped under their connections: what is wrong shows in the tests.
        "log_min_messages=panic".to_owned(),
    ];
    let mut command = account::command(&programs.join("postgres"), &["-D", &data(folder)]);
    for setting in &settings {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null()).spawn().context("postgres cannot be started")
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
