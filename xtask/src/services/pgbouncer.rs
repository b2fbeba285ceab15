//! A PgBouncer in transaction mode for tests.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::account;
use crate::tools;

const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// How long it may take to start.
const STARTED_WITHIN: Duration = Duration::from_secs(10);

pub(super) struct PgBouncer {
    pooler: Child,
    port: u16,
    folder: PathBuf,
}

impl PgBouncer {
    /// In front of the server on that port, with so many connections to it for each user and database.
    pub(super) fn start(server_port: u16, pool: u32) -> anyhow::Result<Self> {
        tools::ensure("PgBouncer", &["pgbouncer"], || Path::new(PROGRAM).exists())?;
        let port = account::free_port()?;
        let folder = account::folder(&format!("pgbouncer-{port}"))?;
        let (settings, users) = (folder.join("pgbouncer.ini"), folder.join("users.txt"));
        // Whoever is named here is let in: the names of `stet_testkit`'s logins.
        std::fs::write(
            &users,
            "\"postgres\" \"\"\n\"stet_test\" \"\"\n\"stet_test_api\" \"\"\n\"stet_test_worker\" \"\"\n",
        )?;
        std::fs::write(
            &settings,
            format!(
                "[databases]\n* = host=127.0.0.1 port={server_port}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\n\
                 default_pool_size = {pool}\nmax_client_conn = 2000\nserver_idle_timeout = 5\n\
                 log_connections = 0\nlog_disconnections = 0\nlog_stats = 0\nlog_pooler_errors = 0\n",
                users.display()
            ),
        )?;
        account::own(&settings)?;
        account::own(&users)?;
        let pooler = account::command(Path::new(PROGRAM), &["-q", &settings.to_string_lossy()])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("pgbouncer cannot be started")?;
        let mut started = Self { pooler, port, folder };
        started.wait()?;
        Ok(started)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        while started.elapsed() < STARTED_WITHIN {
            if let Some(ended) = self.pooler.try_wait()? {
                bail!("pgbouncer ended with {ended} at its start");
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("pgbouncer was not ready within {} s", STARTED_WITHIN.as_secs())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        super::stop(&mut self.pooler, "TERM");
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays: {error}", self.folder.display());
        }
    }
}
