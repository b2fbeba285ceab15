//! 16: fifty resumes at once: one transition, and all of them are told the same.

use std::collections::BTreeSet;

use anyhow::ensure;
use serde_json::{Value, json};

use crate::faults::Draw;
use crate::faults::api::Answer;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::PATIENCE;
use crate::faults::work::{Batch, submit, until_completed};

const RESUMES: usize = 50;
const LATENCY_MS: (u64, u64) = (150, 400);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    // As many cells as the batch still runs with when the last round pauses it.
    let (rounds, cells) = draw.of((2, 200), (10, 2_000));
    let mut fleet = Fleet::start(&Plan::usual(20, LATENCY_MS))?;
    let batch = submit(&fleet.orgs[0], cells)?;
    batch.until("running", PATIENCE)?;
    let (mut at_once, mut later) = (0, 0);
    for round in 1..=rounds {
        batch.decide("pause", &json!({}))?.expect(200)?;
        let answers = resume_together(&batch)?;
        for answer in &answers {
            ensure!([200, 202].contains(&answer.status), "round {round}: {answer:?}");
            let status = &answer.body["batch"]["status"];
            ensure!(answer.status != 200 || status == "running" || status == "completed", "{answer:?}");
        }
        let changed = answers.iter().filter(|answer| answer.body["changed"] == Value::Bool(true)).count();
        ensure!(changed == 1, "round {round}: {changed} of {RESUMES} were told that they changed it");
        // Where the batch stands each was told as it answered; the lock that it runs under is one and the same.
        let epochs: BTreeSet<Option<i64>> =
            answers.iter().map(|answer| answer.body["batch"]["lock_epoch"].as_i64()).collect();
        ensure!(epochs == BTreeSet::from([Some(1)]), "round {round}: they were told of locks {epochs:?}");
        at_once += answers.iter().filter(|answer| answer.status == 200).count();
        later += answers.iter().filter(|answer| answer.status == 202).count();
        let begun = fleet.sql.number("SELECT count(*) FROM batch_steps WHERE status = 'running'")?;
        // The preflight's, and one a round.
        ensure!(begun == 1 + round, "{begun} times the batch began to run, after {round} rounds");
    }
    until_completed(std::slice::from_ref(&batch), PATIENCE)?;
    let verdict = judge(&fleet, &[batch])?.called_once()?;
    fleet.stop()?;
    let seen = vec![
        format!("rounds of {RESUMES}: {rounds}"),
        format!("answered 200: {at_once}, 202: {later}"),
        format!("transitions: {rounds}"),
    ];
    Ok(Outcome { seen, recovery: None, verdict })
}

/// The same wish from as many clients at once.
fn resume_together(batch: &Batch) -> anyhow::Result<Vec<Answer>> {
    let wish = json!({"lock": "same", "reason": "on"});
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..RESUMES).map(|_| scope.spawn(|| batch.decide("resume", &wish))).collect();
        clients
            .into_iter()
            .map(|client| client.join().map_err(|_panic| anyhow::anyhow!("a client panicked"))?)
            .collect()
    })
}
