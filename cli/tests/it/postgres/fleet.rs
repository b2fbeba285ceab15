//! Four processes over one database ask a provider once (reliability.md rule 10).

use std::thread;

use serde_json::Value;
use stet_testkit::{Login, Way};

use super::server::Server;
use crate::http;
use crate::process::{Process, until};
use crate::site::{Site, url_of};

const PROCESSES: usize = 4;
/// Requests at once: a quarter to each process.
const REQUESTS: usize = 100;
/// Long enough for all requests to arrive while the leader asks.
const SCENARIO: &str =
    r#"{"rules": [{"when": {"endpoint": "models"}, "then": {"latency": {"min_ms": 3000, "max_ms": 3000}}}]}"#;

struct Fleet {
    site: Site,
    processes: Vec<Process>,
    urls: Vec<String>,
    key: String,
}

impl Fleet {
    fn start(server: &Server) -> Self {
        let site =
            Site::without_server(SCENARIO, &[("DATABASE_URL", &server.url(Way::Straight, Login::Both))]);
        let mut processes: Vec<Process> = Vec::new();
        let mut urls = Vec::new();
        for _ in 0..PROCESSES {
            // One after the other: the first makes the secrets and the key.
            let mut process = site.spawn();
            urls.push(url_of(&mut process));
            processes.push(process);
        }
        let key = std::fs::read_to_string(site.bed.path("stet-data/api-key")).unwrap().trim().to_owned();
        Self { site, processes, urls, key }
    }

    /// Asks for a fresh list everywhere at once; `meanwhile` runs beside it. What each answered, by the process that it was sent to.
    fn refresh(&self, meanwhile: impl FnOnce()) -> Vec<(usize, Option<(u16, Value)>)> {
        let path = "/v1/providers/openai/versions?force_refresh=true";
        thread::scope(|scope| {
            let asked: Vec<_> = (0..REQUESTS)
                .map(|number| {
                    let process = number % PROCESSES;
                    scope.spawn(move || (process, http::get(&self.urls[process], path, Some(&self.key))))
                })
                .collect();
            meanwhile();
            asked.into_iter().map(|asking| asking.join().unwrap()).collect()
        })
    }

    /// Calls for the list that the provider received.
    fn fetches(&self) -> u64 {
        self.site.counts()["listings"].as_u64().unwrap()
    }

    /// Live fetches as the processes that live count them.
    fn counted(&self, alive: impl Iterator<Item = usize>) -> u64 {
        let name = "provider_cache_singleflight_locks_total{provider=\"openai\"} ";
        alive
            .map(|process| {
                let text = http::text(&self.urls[process], "/metrics").expect("it answers");
                text.lines().find_map(|line| line.strip_prefix(name)?.parse::<u64>().ok()).unwrap_or(0)
            })
            .sum()
    }
}

#[test]
fn a_hundred_refreshes_over_four_processes_are_one_fetch() {
    let server = Server::start();
    let fleet = Fleet::start(&server);
    let before = fleet.fetches();
    let answers = fleet.refresh(|| {});
    assert_eq!(fleet.fetches() - before, 1);
    assert_eq!(fleet.counted(0..PROCESSES), 1);
    let first = answers[0].1.as_ref().unwrap().1["etag"].clone();
    assert!(first.is_string());
    for (process, answer) in answers {
        let (status, body) = answer.unwrap_or_else(|| panic!("process {process} did not answer"));
        assert_eq!((status, &body["etag"]), (200, &first), "{body}");
    }
}

#[test]
fn a_leader_that_is_killed_is_followed_by_one_other() {
    let server = Server::start();
    let mut fleet = Fleet::start(&server);
    let before = fleet.fetches();
    let pids: Vec<u32> = fleet.processes.iter().map(Process::id).collect();
    let mut leader = None;
    let answers = {
        let (server, fleet, leader) = (&server, &fleet, &mut leader);
        fleet.refresh(move || {
            until("the leader's call", || (fleet.fetches() > before).then_some(()));
            let holder = server.text("SELECT coalesce(holder, '') FROM single_flights");
            let number = pids.iter().position(|pid| holder.contains(&format!("-{pid}-")));
            let number = number.unwrap_or_else(|| panic!("{holder:?} is none of {pids:?}"));
            rustix::process::kill_process(
                rustix::process::Pid::from_raw(i32::try_from(pids[number]).unwrap()).unwrap(),
                rustix::process::Signal::KILL,
            )
            .unwrap();
            *leader = Some(number);
        })
    };
    let leader = leader.unwrap();
    assert!(fleet.processes[leader].kill() || fleet.processes[leader].is_over());
    let statuses: Vec<_> = answers
        .iter()
        .map(|(process, answer)| (process, answer.as_ref().map(|(status, _)| status)))
        .collect();
    assert_eq!(fleet.fetches() - before, 2, "{leader} was killed: {statuses:?}");
    assert_eq!(fleet.counted((0..PROCESSES).filter(|process| *process != leader)), 1);
    for (process, answer) in answers {
        match answer {
            Some((status, body)) => assert_eq!(status, 200, "{body}"),
            None => assert_eq!(process, leader, "only the killed one leaves requests without an answer"),
        }
    }
}
