//! A fleet: a server that executes nothing, workers and schedulers over one queue, each as the role that it needs.

use stet_testkit::{Login, Way};

use super::server::Server;
use crate::bed::Bed;
use crate::process::Process;
use crate::site::Site;

const MODE: (&str, &str) = ("EXECUTION_MODE", "apalis");

pub(crate) struct Members {
    pub(crate) site: Site,
    pub(crate) workers: Vec<Process>,
    pub(crate) schedulers: Vec<Process>,
    worker: Address,
    scheduler: Address,
}

/// Where each duty finds its database, as the roles that it needs.
pub(crate) struct Addresses {
    pub(crate) api: Address,
    pub(crate) worker: Address,
    pub(crate) scheduler: Address,
}

/// How a role reaches its database: the way of its work, and the one past the pooler where there is one.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) url: String,
    pub(crate) direct: Option<String>,
}

impl Address {
    /// Through the pooler, as in production: the queue alone goes past it.
    fn pooled(server: &Server, login: Login) -> Self {
        Self { url: server.url(Way::Pooled, login), direct: Some(server.url(Way::Straight, login)) }
    }

    fn settings(&self) -> Vec<(&str, &str)> {
        let direct = self.direct.as_deref().map(|direct| ("DATABASE_DIRECT_URL", direct));
        [("DATABASE_URL", self.url.as_str())].into_iter().chain(direct).collect()
    }
}

/// Makes the queue's tables, as an operator does.
pub(crate) fn set_up(server: &Server, bed: &Bed) {
    let owner = server.url(Way::Straight, Login::Superuser);
    bed.stet(&[MODE, ("DATABASE_URL", &owner)], &["migrate"]).done();
}

impl Members {
    /// A server and so many of each, over a simulator that plays the scenario.
    pub(crate) fn start(
        server: &Server,
        scenario: &str,
        settings: &[(&str, &str)],
        workers: usize,
        schedulers: usize,
    ) -> Self {
        let owner = server.url(Way::Straight, Login::Superuser);
        let addresses = Addresses {
            api: Address::pooled(server, Login::Api),
            worker: Address::pooled(server, Login::Worker),
            scheduler: Address::pooled(server, Login::Both),
        };
        Self::on(&owner, addresses, || {}, scenario, settings, workers, schedulers)
    }

    /// The same on any database, at the addresses of its owner and of each duty. `migrated` runs once the roles are there.
    pub(crate) fn on(
        owner: &str,
        Addresses { api, worker, scheduler }: Addresses,
        migrated: impl FnOnce(),
        scenario: &str,
        settings: &[(&str, &str)],
        workers: usize,
        schedulers: usize,
    ) -> Self {
        let mut site = Site::without_server(scenario, &[&[MODE], &*api.settings(), settings].concat());
        site.bed.stet(&[settings, &[MODE, ("DATABASE_URL", owner)]].concat(), &["migrate"]).done();
        migrated();
        site.serve();
        let mut fleet = Self { site, workers: Vec::new(), schedulers: Vec::new(), worker, scheduler };
        for _ in 0..schedulers {
            fleet.add_scheduler();
        }
        for _ in 0..workers {
            fleet.add_worker();
        }
        fleet
    }

    pub(crate) fn add_worker(&mut self) {
        let worker = self.member("worker", &self.worker, "executing cells as");
        self.workers.push(worker);
    }

    pub(crate) fn add_scheduler(&mut self) {
        let scheduler = self.member("scheduler", &self.scheduler, "scheduling as");
        self.schedulers.push(scheduler);
    }

    fn member(&self, verb: &str, address: &Address, ready: &str) -> Process {
        let mut member = self.site.process(&address.settings(), &[verb]);
        let said = member.says(ready, |said| said.contains(ready).then_some(()));
        assert!(said.is_some(), "{verb} ended: {}", member.said());
        member
    }

    /// Ends every member by SIGTERM, which must go well.
    pub(crate) fn stop(mut self) {
        for member in self.workers.drain(..).chain(self.schedulers.drain(..)) {
            member.signal(rustix::process::Signal::TERM);
            member.end().done();
        }
        self.site.stop();
    }
}
