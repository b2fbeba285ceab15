//! The moments at which the server is killed.

use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;

use super::check;
use super::{CELLS, CONCURRENCY};
use crate::process::until;
use crate::site::{Site, id};

/// When to kill.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// So long after the start of a process that finds the batch in its database.
    StartUp(Duration),
    /// So long after the submission was sent.
    Submission(Duration),
    /// When so many more calls were received by the provider, and a little later.
    Calls(u64, Duration),
    /// When so many cells have ended.
    Commits(u64),
}

/// What a kill met.
#[derive(Debug)]
pub(super) struct Kill {
    #[expect(dead_code, reason = "shown where a check fails")]
    moment: Moment,
    /// Attempts of the killed process that were under way.
    pub(super) running: u64,
    /// Cells of the batch that had not ended, or all if it was not accepted yet.
    pub(super) left: u64,
}

impl Moment {
    /// The kind by turns, so that each occurs; the rest at random.
    pub(super) fn draw(index: usize, nth: usize, rng: &mut StdRng) -> Self {
        let ms = |rng: &mut StdRng, most: u64| Duration::from_micros(rng.random_range(0..most * 1_000));
        match (nth, index % 5) {
            (0, 0) => Self::Submission(ms(rng, 120)),
            (0, 1..=3) => Self::Calls(rng.random_range(1..CELLS), ms(rng, 30)),
            (0, _) => Self::Commits(rng.random_range(1..CELLS)),
            (_, 1) => Self::StartUp(ms(rng, 400)),
            (_, 2) => Self::Commits(CELLS - rng.random_range(1..4)),
            (_, _) => Self::Calls(rng.random_range(1..CELLS / 2), ms(rng, 30)),
        }
    }

    /// Starts what is not started, waits for the moment and kills.
    pub(super) fn kill(self, site: &mut Site, template: &str, submitted: &mut Option<String>) -> Kill {
        let first = submitted.is_none();
        match self {
            Self::StartUp(after) => {
                let mut server = site.spawn();
                // A moment by the clock, and no condition: that is what is tested.
                std::thread::sleep(after);
                assert!(server.kill(), "{}", server.said());
                return self.met(site, server.id());
            }
            Self::Submission(after) => {
                site.bed.write("batch.json", submission());
                let client = site.client(&[], &submit_verb(template));
                std::thread::sleep(after);
                let process = kill(site);
                // Whether it was accepted is not known to the client: the same key finds out after the restart.
                drop(client.end());
                let kill = self.met(site, process);
                site.serve();
                *submitted = Some(submit(site, template));
                return kill;
            }
            Self::Calls(..) | Self::Commits(_) => {}
        }
        if !first && !site.is_serving() {
            site.serve();
        }
        let batch = submitted.get_or_insert_with(|| submit(site, template)).clone();
        self.wait(site, &batch);
        let process = kill(site);
        self.met(site, process)
    }

    /// Waits for the moment, or for the end of the batch, should that come first.
    fn wait(self, site: &Site, batch: &str) {
        let before = site.received();
        let ended = || site.batch(batch)["counters"]["succeeded"].as_u64().unwrap();
        match self {
            Self::Calls(more, after) => {
                until("so many calls", || {
                    let (calls, ended) = (site.received() - before, ended());
                    // Towards the end there may not be so many any more: then the first call will do.
                    let last = calls > 0 && ended >= CELLS - CONCURRENCY;
                    (calls >= more || last || ended == CELLS).then_some(())
                });
                std::thread::sleep(after);
            }
            Self::Commits(count) => until("so many commits", || (ended() >= count).then_some(())),
            Self::StartUp(_) | Self::Submission(_) => {}
        }
    }

    fn met(self, site: &Site, process: u32) -> Kill {
        let (running, left) = check::snapshot(site, process);
        Kill { moment: self, running, left }
    }
}

/// Kills the server, which must have been running; its process id.
fn kill(site: &mut Site) -> u32 {
    let mut server = site.take_server();
    assert!(server.kill(), "{}", server.said());
    server.id()
}

fn submission() -> String {
    json!({
        "locales": ["de-DE", "it-IT", "en-GB"],
        "grounding_modes": ["UNGROUNDED", "REQUIRED"],
        "replicates": CELLS / 6,
        "inputs": {},
        "drift_policy": "hard",
    })
    .to_string()
}

fn submit_verb(template: &str) -> [&str; 7] {
    ["batch", "run", template, "-f", "batch.json", "--idempotency-key", "once"]
}

/// Submits the batch, or finds it as submitted before.
pub(super) fn submit(site: &Site, template: &str) -> String {
    site.bed.write("batch.json", submission());
    id(&site.stet(&submit_verb(template)).done().json())
}
