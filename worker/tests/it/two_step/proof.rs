//! What is recorded of two steps repeats, and is proved.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use stet_canon::Digest;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::RunId;
use stet_domain::run::RunStatus;
use stet_ops::BatchSubmission;

use super::{SEARCHES, STRICT, asked};
use crate::fixture::{Asked, Process, Setup, World, admin, grid};

both_vendors! {
    the_same_plan_gives_the_same_hashes,
    a_changed_text_of_step_1_is_named,
}

const FIELDS: &str = r#","grounding":{"provoker":"Search the web first."}"#;

fn submission() -> BatchSubmission {
    BatchSubmission {
        locales: vec!["de-DE".to_owned(), "fr-FR".to_owned()],
        ..grid(&["PREFERRED", "REQUIRED"], 4)
    }
}

/// The digests of each cell.
async fn completed(process: &Process, google: Asked) -> BTreeMap<u32, [Option<Digest>; 2]> {
    let batch = process.batch_for(google, &format!("{STRICT}{FIELDS}"), &submission()).await;
    process.batch_is(batch, BatchStatus::Completed).await;
    let mut map = BTreeMap::new();
    for run in process.cells(batch).await {
        process.verified(run.id).await;
        let end = run.end.unwrap();
        if run.status == RunStatus::Succeeded {
            assert_eq!(end.output_json_valid, Some(true));
        }
        map.insert(run.batch_run_index, [end.run_sha256, end.response_output_sha256]);
    }
    map
}

async fn the_same_plan_gives_the_same_hashes(google: Asked) {
    let one_by_one = World::with("{}", Setup { concurrency: 1, ..Setup::default() }).await;
    let at_once = World::with("{}", Setup { concurrency: 16, ..Setup::default() }).await;
    let (_first, _second) = (one_by_one.process.work(), at_once.process.work());
    let map = completed(&one_by_one.process, google).await;
    assert_eq!(map.len(), 16);
    let outputs: BTreeSet<_> = map.values().map(|digests| digests[1]).collect();
    assert!(outputs.len() > 2, "replicates vary, so that equal maps say something: {outputs:?}");
    assert_eq!(map, completed(&one_by_one.process, google).await, "a second batch of the same plan");
    assert_eq!(map, completed(&at_once.process, google).await, "another database, 16 cells at once");
}

async fn disagreeing(world: &World, run: RunId) -> String {
    let verification = world.process.ops.verify_run(&admin(), run).await.unwrap();
    verification.disagreement.map(|found| found.field.into_owned()).unwrap_or_default()
}

async fn a_changed_text_of_step_1_is_named(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let (view, _) = asked(&world, google, SEARCHES, STRICT, "REQUIRED").await;
    let run = view.row.id;
    let stood = view.output.unwrap().step1_text.unwrap();
    let hex = |bytes: &[u8]| {
        let mut digits = String::new();
        for byte in bytes {
            write!(digits, "{byte:02x}").unwrap();
        }
        world.database.bytes(&digits)
    };
    let mut changed = stood.clone();
    changed[0] ^= 1;
    for (set, field) in [
        (hex(&changed), "step2_source_ref"),
        ("NULL".to_owned(), "step2_source_ref"),
        (hex(b""), "step2_source_ref"),
        (hex(&stood), ""),
    ] {
        let of_run = hex(&run.to_bytes());
        let update = format!("UPDATE run_outputs SET step1_text = {set} WHERE run_id = {of_run}");
        assert_eq!(world.database.tamper(&update).await, 1);
        assert_eq!(disagreeing(&world, run).await, field, "{set}");
    }
    work.stop().await;
}
