//! What must hold of a database whose server was killed, at once and in the end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stet_domain::client_request_id::ClientRequest;

use super::moment::Kill;
use super::{CELLS, CONCURRENCY};
use crate::database::Database;
use crate::site::Site;

/// Looks at the file as the killed process left it: its attempts under way, and cells that have not ended.
pub(super) fn snapshot(site: &Site, process: u32) -> (u64, u64) {
    let calls = site.calls();
    let mut database = Database::copy(&site.database());
    let mut number = |sql| u64::try_from(database.number(sql)).unwrap();
    assert_eq!(
        number("SELECT count(*) FROM runs WHERE status = 'running'"),
        number("SELECT count(*) FROM attempts WHERE outcome IS NULL"),
        "one attempt under way a running run"
    );
    let ended = number("SELECT count(*) FROM runs WHERE status = 'succeeded'");
    let accepted = number("SELECT count(*) FROM runs");
    assert!(accepted == 0 || accepted == CELLS, "a submission is accepted whole or not at all: {accepted}");
    // Attempts of the process before may still wait for the end of their leases.
    let open = database.texts("SELECT worker FROM attempts WHERE outcome IS NULL");
    let of_process = format!("-{process}-");
    let running = open.iter().filter(|worker| worker.contains(&of_process)).count() as u64;
    assert!(running <= CONCURRENCY, "{running} cells were in flight");
    // I6: every call that the provider has received had its attempt's row before.
    let attempts: BTreeMap<i64, i64> = database
        .pairs("SELECT r.batch_run_index, count(*) FROM runs r JOIN attempts a USING (org_id, run_id) GROUP BY 1")
        .into_iter()
        .collect();
    for (cell, count) in calls_by_cell(site, &calls) {
        let rows = attempts.get(&cell).copied().unwrap_or_default();
        assert!(count <= rows, "cell {cell}: {count} calls and {rows} attempts");
    }
    (running, CELLS - ended)
}

/// How often each cell was asked; the digest of the batch is a function of template and submission, so the last batch's.
fn calls_by_cell(site: &Site, calls: &[Value]) -> BTreeMap<i64, i64> {
    let mut database = Database::copy(&site.database());
    let Some(batch) = database.digest("SELECT batch_sha256 FROM batches") else { return BTreeMap::new() };
    let replicates = u32::try_from(CELLS / 6).unwrap();
    let ids: BTreeMap<String, i64> = (0..u32::try_from(CELLS).unwrap())
        .map(|index| {
            let request = ClientRequest {
                batch_sha256: Some(batch),
                batch_run_index: index,
                replicate_index: index % replicates,
                step: 1,
                provoker_try: false,
            };
            (request.id().to_string(), i64::from(index))
        })
        .collect();
    let mut counts = BTreeMap::new();
    for call in calls {
        if let Some(cell) = ids.get(call["client_request_id"].as_str().unwrap()) {
            *counts.entry(*cell).or_default() += 1;
        }
    }
    counts
}

/// Waits for the end of the batch and checks everything about it.
pub(super) fn all(site: &mut Site, batch: &str, kills: &[Kill]) {
    let ended = site.batch_until(batch, "the batch's end", |batch| batch["status"] == "completed");
    let counters = json!({
        "pending": 0, "queued": 0, "running": 0, "succeeded": CELLS, "failed": 0, "cancelled": 0, "quarantined": 0,
    });
    assert_eq!(ended["counters"], counters, "{kills:?}");
    assert_eq!(site.stet(&["batch", "list"]).done().lines().len(), 1, "the submission was accepted once");
    let verified = site.stet(&["verify", batch]).done().json();
    assert_eq!(
        verified,
        json!({"templates": 0, "batches": 1, "runs": CELLS, "segments": 0, "disagreeing": 0, "findings": []})
    );
    site.stop();
    rows(site, kills);
    calls(site, kills);
}

fn rows(site: &Site, kills: &[Kill]) {
    let mut database = Database::open(&site.database());
    let mut number = |sql| u64::try_from(database.number(sql)).unwrap();
    assert_eq!(number("SELECT count(*) FROM runs"), CELLS);
    assert_eq!(number("SELECT count(*) FROM runs WHERE status = 'succeeded' AND rerun_index = 0"), CELLS);
    assert_eq!(number("SELECT count(DISTINCT batch_run_index) FROM runs"), CELLS);
    assert_eq!(number("SELECT count(*) FROM run_outputs WHERE output IS NOT NULL"), CELLS);
    assert_eq!(
        number(
            "SELECT count(*) FROM batch_counters c WHERE succeeded =
            (SELECT count(*) FROM runs r WHERE r.batch_id = c.batch_id AND r.status = 'succeeded')
            AND failed = 0 AND cancelled = 0 AND quarantined = 0"
        ),
        1,
        "the counter row agrees with the rows counted"
    );
    let of_outcome = "SELECT count(*) FROM attempts WHERE outcome = 'recorded'";
    assert_eq!(number(of_outcome), CELLS, "one recorded attempt a cell");
    assert_eq!(number("SELECT count(DISTINCT run_id) FROM attempts WHERE outcome = 'recorded'"), CELLS);
    assert_eq!(number("SELECT count(*) FROM attempts WHERE outcome IS NULL"), 0);
    let lost = number("SELECT count(*) FROM attempts WHERE outcome <> 'recorded'");
    let under_way: u64 = kills.iter().map(|kill| kill.running).sum();
    assert!(lost >= under_way, "what was under way at a kill is visible: {lost} of {under_way}");
    assert_eq!(
        number(
            "SELECT count(*) FROM runs r WHERE NOT EXISTS (SELECT 1 FROM exchanges e JOIN attempts a
            USING (org_id, run_id, fence) WHERE e.run_id = r.run_id AND a.outcome = 'recorded')"
        ),
        0,
        "every result rests on an exchange of its own attempt"
    );
    let strays = "SELECT count(*) FROM exchanges e LEFT JOIN attempts a USING (org_id, run_id, fence)
        WHERE a.outcome IS NOT 'recorded'";
    assert_eq!(number(strays), 0, "nothing is written for an attempt that was lost");
    assert_eq!(number("SELECT count(*) FROM runs WHERE crash_count > 2"), 0);
    assert_eq!(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_eq!(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

fn calls(site: &Site, kills: &[Kill]) {
    let calls = site.calls();
    let by_cell = calls_by_cell(site, &calls);
    let asked: BTreeSet<i64> = by_cell.keys().copied().collect();
    assert_eq!(asked.len() as u64, CELLS, "every cell was asked");
    let of_cells = u64::try_from(by_cell.values().sum::<i64>()).unwrap();
    let most = CELLS + kills.len() as u64 * CONCURRENCY;
    assert!(of_cells <= most, "{of_cells} calls for {CELLS} cells, at most {most}: {kills:?}");
    let preflights = calls.len() as u64 - of_cells;
    assert!((1..=1 + kills.len() as u64).contains(&preflights), "{preflights} preflights");
}
