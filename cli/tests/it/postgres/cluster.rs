//! A PostgreSQL server of the test's own, to be stopped and started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Process, until};

/// Where the test command says that the server's programs are, and under which account they run; nothing where it is that of the tests.
const PROGRAMS: &str = "TEST_POSTGRES_PROGRAMS";
const ACCOUNT: &str = "TEST_POSTGRES_ACCOUNT";

pub(crate) struct Cluster {
    programs: PathBuf,
    account: Option<String>,
    folder: PathBuf,
    port: u16,
    server: Option<Process>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test command tells tests by the environment where its servers are"
)]
fn told(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_absent| panic!("{name} is not set: run this test by `cargo xtask test`"))
}

impl Cluster {
    /// Makes one and starts it.
    pub(crate) fn start() -> Self {
        let account = Some(told(ACCOUNT)).filter(|account| !account.is_empty());
        let folder = std::env::temp_dir().join(format!("stet-cluster-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut cluster = Self { programs: told(PROGRAMS).into(), account, folder, port, server: None };
        if let Some(account) = &cluster.account {
            let owner = format!("{account}:{account}");
            assert!(Command::new("chown").arg(owner).arg(&cluster.folder).status().unwrap().success());
        }
        let made = cluster
            .command(
                "initdb",
                &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            )
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        drop(listener);
        cluster.up();
        cluster
    }

    /// The address, for that login.
    pub(crate) fn url(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@127.0.0.1:{}/{database}", self.port)
    }

    /// What a query answers, as text.
    pub(crate) fn answer(&self, database: &str, query: &str) -> String {
        let url = self.url("postgres", database);
        let asked =
            Command::new(self.programs.join("psql")).args(["-qXAt", "-c", query, &url]).output().unwrap();
        String::from_utf8(asked.stdout).unwrap().trim().to_owned()
    }

    /// Runs a statement as the superuser.
    pub(crate) fn run(&self, database: &str, statement: &str) {
        let url = self.url("postgres", database);
        let done = Command::new(self.programs.join("psql"))
            .args(["-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, &url])
            .status();
        assert!(done.unwrap().success(), "{statement}");
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn up(&mut self) {
        let (port, sockets) =
            (format!("port={}", self.port), format!("unix_socket_directories={}", self.folder.display()));
        let settings =
            ["-c", &port, "-c", &sockets, "-c", "listen_addresses=127.0.0.1", "-c", "log_min_messages=panic"];
        let server = Process::start(self.command("postgres", &settings));
        self.server = Some(server);
        let port = self.port.to_string();
        until("PostgreSQL", || {
            let asked = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &port])
                .status();
            asked.unwrap().success().then_some(())
        });
    }

    /// Stops it at once, as a crash does: the next start recovers.
    pub(crate) fn down(&mut self) {
        let stopped = self.command("pg_ctl", &["stop", "-m", "immediate", "-s"]).status();
        assert!(stopped.unwrap().success());
        self.server.take().expect("it was started").end();
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program: &Path = &self.programs.join(program);
        let mut command = match &self.account {
            Some(account) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", account, "--regid", account, "--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(arguments).arg("-D").arg(self.folder.join("data")).current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() {
            drop(self.command("pg_ctl", &["stop", "-m", "immediate", "-s"]).status());
        }
        drop(self.server.take());
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays: {error}", self.folder.display());
        }
    }
}
