//! The rows, read past every process.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// A database of the scenario's own server, as its superuser.
#[derive(Debug, Clone)]
pub(super) struct Sql {
    psql: PathBuf,
    port: u16,
    database: &'static str,
}

impl Sql {
    pub(super) fn new(programs: &Path, port: u16, database: &'static str) -> Self {
        Self { psql: programs.join("psql"), port, database }
    }

    /// The same server's other database.
    pub(super) fn on(&self, database: &'static str) -> Self {
        Self { database, ..self.clone() }
    }

    /// The address for a login.
    pub(super) fn url(&self, login: &str) -> String {
        self.url_at(login, self.port)
    }

    /// The address for a login, by way of another port.
    pub(super) fn url_at(&self, login: &str, port: u16) -> String {
        format!("postgres://{login}@127.0.0.1:{port}/{}", self.database)
    }

    /// A command that runs the statement, for one that is to last.
    pub(super) fn command(&self, statement: &str) -> Command {
        let mut command = Command::new(&self.psql);
        command
            .args(["-qXAt", "-v", "ON_ERROR_STOP=1", "-c", statement])
            .arg(self.url("postgres"))
            .current_dir("/");
        command
    }

    /// What the statement answers, as text.
    pub(super) fn text(&self, statement: &str) -> anyhow::Result<String> {
        let done = self.command(statement).output().context("psql cannot be started")?;
        if !done.status.success() {
            bail!("{statement}: {}", String::from_utf8_lossy(&done.stderr).trim());
        }
        Ok(String::from_utf8(done.stdout)?.trim().to_owned())
    }

    /// Runs the statement.
    pub(super) fn run(&self, statement: &str) -> anyhow::Result<()> {
        self.text(statement).map(drop)
    }

    /// The one number that the query answers.
    pub(super) fn number(&self, query: &str) -> anyhow::Result<i64> {
        self.text(query)?.parse().with_context(|| format!("{query} answers no number"))
    }
}
