//! A fleet of real processes: a server, workers, schedulers, a database and a provider, in a folder of their own.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::api::Api;
use super::member::Member;
use super::simulator::Simulator;
use super::sql::Sql;
use super::wait;
use crate::services::Postgres;
use crate::shell;

/// The database of every scenario.
const DATABASE: &str = "stet";

/// Logins of the roles that each process needs, and nothing else.
const LOGINS: &str = "CREATE ROLE stet_faults_api LOGIN IN ROLE stet_api; CREATE ROLE stet_faults_worker LOGIN IN ROLE stet_worker;
    CREATE ROLE stet_faults_scheduler LOGIN IN ROLE stet_api, stet_worker";

/// What `stet serve` may take to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(30);

/// What a fleet is made of.
pub(super) struct Plan {
    /// What the provider plays at first.
    pub(super) scenario: Value,
    pub(super) workers: usize,
    pub(super) schedulers: usize,
    /// Settings of every process.
    pub(super) settings: Vec<(&'static str, String)>,
}

impl Plan {
    /// Three workers and two schedulers; leases of so many seconds, calls that take so long.
    pub(super) fn usual(lease_seconds: u32, latency_ms: (u64, u64)) -> Self {
        Self {
            scenario: latency(latency_ms),
            workers: 3,
            schedulers: 2,
            settings: vec![
                ("LEASE_SECONDS", lease_seconds.to_string()),
                ("WORKER_CONCURRENCY", "8".to_owned()),
                // A batch has two locales and as many cells as a scenario wants.
                ("BATCH_MAX_REPLICATES", "100000".to_owned()),
            ],
        }
    }

    /// With one setting more, or another value.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
        self
    }
}

/// A provider whose calls take so long.
pub(super) fn latency((min_ms, max_ms): (u64, u64)) -> Value {
    json!({"latency": {"min_ms": min_ms, "max_ms": max_ms}})
}

/// An org, as its client.
pub(super) struct Org {
    pub(super) api: Api,
}

/// A worker, with the name that its attempts carry.
pub(super) struct Worker {
    pub(super) process: Member,
    pub(super) incarnation: String,
}

pub(super) struct Fleet {
    // Dropped in this order: what works before what it works on.
    pub(super) workers: Vec<Worker>,
    pub(super) schedulers: Vec<Member>,
    pub(super) server: Member,
    pub(super) simulator: Simulator,
    _simulator: Member,
    pub(super) orgs: Vec<Org>,
    pub(super) sql: Sql,
    pub(super) postgres: Postgres,
    settings: Vec<(String, String)>,
    members: usize,
    folder: TempDir,
}

impl Fleet {
    pub(super) fn start(plan: &Plan) -> anyhow::Result<Self> {
        Self::start_on(Postgres::start_apart("faults", |_folder| Ok(()))?, plan)
    }

    /// On a server that stands.
    pub(super) fn start_on(postgres: Postgres, plan: &Plan) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Sql::new(postgres.programs(), postgres.port(), "postgres");
        server.run(&format!("CREATE DATABASE {DATABASE}"))?;
        let sql = server.on(DATABASE);
        std::fs::write(folder.path().join("scenario.json"), plan.scenario.to_string())?;
        let verb = ["simulator", "--port", "0", "--scenario", "scenario.json", "--json"];
        let command = stet(&folder, &[], &verb);
        let mut provider = Member::start(command, "the simulator", &folder.path().join("simulator"))?;
        let base = provider.says("an address", |said| {
            let said: Value = serde_json::from_str(said.lines().next()?).ok()?;
            Some(said["openai_base_url"].as_str()?.to_owned())
        })?;
        let mut settings: Vec<(String, String)> = [
            ("EXECUTION_MODE", "apalis"),
            ("STET_LISTEN", "127.0.0.1:0"),
            ("OPENAI_API_KEY", "simulator"),
            ("OPENAI_BASE_URL", &base),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        settings.extend(plan.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let owner = [("EXECUTION_MODE", "apalis"), ("DATABASE_URL", &sql.url("postgres"))]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let migrated = stet(&folder, &owner, &["migrate"]).output()?;
        anyhow::ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        sql.run(LOGINS)?;
        let (server, url) = serve(&folder, &settings, &sql)?;
        let orgs = orgs(&folder, &sql, &url)?;
        let simulator = Simulator::at(base.trim_end_matches("/v1"));
        let mut fleet = Self {
            workers: Vec::new(),
            schedulers: Vec::new(),
            server,
            simulator,
            _simulator: provider,
            orgs,
            sql,
            postgres,
            settings,
            members: 0,
            folder,
        };
        for _ in 0..plan.schedulers {
            fleet.add_scheduler()?;
        }
        for _ in 0..plan.workers {
            fleet.add_worker()?;
        }
        Ok(fleet)
    }

    /// A worker straight to the database.
    pub(super) fn add_worker(&mut self) -> anyhow::Result<()> {
        let port = self.postgres.port();
        self.add_worker_by(port, port)
    }

    /// A worker whose work and whose queue go by these ports.
    pub(super) fn add_worker_by(&mut self, work: u16, queue: u16) -> anyhow::Result<()> {
        self.begin_worker(
            &[
                ("DATABASE_URL", self.sql.url_at("stet_faults_worker", work)),
                ("DATABASE_DIRECT_URL", self.sql.url_at("stet_faults_worker", queue)),
            ],
            &[],
        )
    }

    /// A worker straight to the database, in an environment that has more in it than settings.
    pub(super) fn add_worker_in(&mut self, environment: &[(&str, String)]) -> anyhow::Result<()> {
        self.begin_worker(&[("DATABASE_URL", self.sql.url("stet_faults_worker"))], environment)
    }

    fn begin_worker(&mut self, way: &[(&str, String)], environment: &[(&str, String)]) -> anyhow::Result<()> {
        let own: Vec<(String, String)> =
            way.iter().chain(environment).map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (process, incarnation) = self.member("worker", &own, "executing cells as ")?;
        self.workers.push(Worker { process, incarnation });
        Ok(())
    }

    pub(super) fn add_scheduler(&mut self) -> anyhow::Result<String> {
        let own = [("DATABASE_URL".to_owned(), self.sql.url("stet_faults_scheduler"))];
        let (process, incarnation) = self.member("scheduler", &own, "scheduling as ")?;
        self.schedulers.push(process);
        Ok(incarnation)
    }

    fn member(
        &mut self,
        verb: &str,
        own: &[(String, String)],
        ready: &str,
    ) -> anyhow::Result<(Member, String)> {
        self.members += 1;
        let name = format!("{verb}-{}", self.members);
        let command = stet(&self.folder, &[self.settings.as_slice(), own].concat(), &[verb]);
        let mut process = Member::start(command, &name, &self.folder.path().join(&name))?;
        let incarnation = process.says("its name", |said| {
            let (_, rest) = said.split_once(ready)?;
            Some(rest.lines().next()?.trim().to_owned())
        })?;
        Ok((process, incarnation))
    }

    /// Starts workers again that ended, as whoever watches over them does; with exit status 1 alone may they end. Answers how many.
    pub(super) fn replace_the_fallen(&mut self) -> anyhow::Result<usize> {
        let mut fallen = 0;
        for index in (0..self.workers.len()).rev() {
            if self.workers[index].process.is_over()? {
                let mut worker = self.workers.remove(index);
                let status = worker.process.end(wait::PATIENCE)?;
                anyhow::ensure!(
                    status.code() == Some(1),
                    "a worker ended with {status}: {}",
                    worker.process.said()
                );
                fallen += 1;
            }
        }
        (0..fallen).try_for_each(|_| self.add_worker())?;
        Ok(fallen)
    }

    /// A verb of the binary beside the fleet, as a worker's login.
    pub(super) fn beside(&self, arguments: &[&str]) -> Command {
        let own = [("DATABASE_URL".to_owned(), self.sql.url("stet_faults_worker"))];
        stet(&self.folder, &[self.settings.as_slice(), &own].concat(), arguments)
    }

    /// Ends every member by SIGTERM, which must go well.
    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        let workers = self.workers.iter_mut().map(|worker| &mut worker.process);
        let members = workers.chain(&mut self.schedulers).chain([&mut self.server]);
        for member in members {
            member.signal(rustix::process::Signal::TERM)?;
            let ended = member.end(STOPS_WITHIN)?;
            anyhow::ensure!(ended.success(), "a member ended with {ended}: {}", member.said());
        }
        self.workers.clear();
        self.schedulers.clear();
        Ok(())
    }
}

/// The program, with those settings and no others.
fn stet(folder: &TempDir, settings: &[(String, String)], arguments: &[&str]) -> Command {
    let program: PathBuf = shell::root().join("target/debug/stet");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder.path()).env_clear();
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

fn serve(folder: &TempDir, settings: &[(String, String)], sql: &Sql) -> anyhow::Result<(Member, String)> {
    let own = [("DATABASE_URL".to_owned(), sql.url("stet_faults_api"))];
    let command = stet(folder, &[settings, &own].concat(), &["serve"]);
    let mut server = Member::start(command, "the server", &folder.path().join("server"))?;
    let url = server.says("the API's address", |said| {
        let (_, rest) = said.split_once("the API is at ")?;
        Some(rest.split_once([' ', '\n'])?.0.to_owned())
    })?;
    Ok((server, url))
}

/// The org of the first start, and a second with a key of its own, which the database makes as the server would.
fn orgs(folder: &TempDir, sql: &Sql, url: &str) -> anyhow::Result<Vec<Org>> {
    let key = std::fs::read_to_string(folder.path().join("stet-data/api-key")).context("the first key")?;
    let secrets = std::fs::read_to_string(folder.path().join("stet-data/secrets.toml"))?;
    let pepper = secrets
        .lines()
        .find_map(|line| line.strip_prefix("api_key_pepper = "))
        .context("no pepper among the secrets")?
        .trim_matches('"');
    let (id, secret) = ("00000000000000b2", "b2".repeat(32));
    let token = sql.text(&format!(
        "INSERT INTO orgs (org_id, created_at_us) VALUES ('second', public.now_us());
        INSERT INTO api_keys (org_id, key_id, secret_hash, role, label, created_at_us) VALUES ('second', '{id}',
            apalis.hmac(convert_to('{id}_', 'UTF8') || decode('{secret}', 'hex'), decode('{pepper}', 'base64'), 'sha256'),
            'admin', 'second org', public.now_us());
        SELECT head || '_' || left(encode(sha256(convert_to(head, 'UTF8')), 'hex'), 8)
        FROM (SELECT 'stet_{id}_{secret}' AS head) AS token"
    ))?;
    Ok(vec![Org { api: Api::new(url, Some(key.trim())) }, Org { api: Api::new(url, Some(&token)) }])
}
