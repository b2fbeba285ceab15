//! The audit of the invariants: sound rows are found sound, and each invariant is found broken where it is, and no other.

use std::collections::BTreeSet;

use metrics_exporter_prometheus::PrometheusBuilder;
use stet_domain::invariant::Invariant;
use stet_ops::{Finding, Moment, Offence, OffenceSubject};

use crate::fixture::{World, admin, until};

/// The first cell of the batch, in any table with its id.
const FIRST: &str = "run_id IN (SELECT run_id FROM runs WHERE batch_id IS NOT NULL AND batch_run_index = 0)";

/// An invariant, what breaks it, and what mends that.
type Control = (Invariant, String, String);

fn update(invariant: Invariant, table: &str, column: &str, broken: &str, sound: &str, row: &str) -> Control {
    let set = |value: &str| format!("UPDATE {table} SET {column} = {value} WHERE {row}");
    (invariant, set(broken), set(sound))
}

fn insert(invariant: Invariant, table: &str, columns: &str, values: &str, row: &str) -> Control {
    (
        invariant,
        format!("INSERT INTO {table} ({columns}) VALUES ({values})"),
        format!("DELETE FROM {table} WHERE {row}"),
    )
}

/// Rows in a state that no way of the program leads to.
fn controls(world: &World) -> Vec<Control> {
    let nobody = world.database.bytes(&"ee".repeat(16));
    let attempt = "org_id, run_id, fence, worker, started_at_us, finished_at_us, outcome";
    let (cell, any) = ("batch_id IS NOT NULL AND batch_run_index = 0", "1 = 1");
    vec![
        update(Invariant::Terminal, "runs", "lease_until_us", "1", "NULL", cell),
        update(Invariant::Terminal, "runs", "rerun_index", "1", "0", cell),
        update(Invariant::Results, "attempts", "outcome", "'retried'", "'recorded'", FIRST),
        update(Invariant::Results, "run_outputs", "org_id", "'other'", "'default'", FIRST),
        update(Invariant::Fences, "runs", "fence", "fence + 1", "fence - 1", cell),
        (
            Invariant::Fences,
            format!(
                "INSERT INTO attempts ({attempt}) SELECT org_id, run_id, 99, worker, started_at_us, finished_at_us, 'lost'
                FROM attempts WHERE {FIRST}"
            ),
            "DELETE FROM attempts WHERE fence = 99".to_owned(),
        ),
        update(Invariant::Counters, "batch_counters", "succeeded", "succeeded - 1", "succeeded + 1", any),
        update(Invariant::Counters, "batch_counters", "cancelled", "1", "0", any),
        update(Invariant::Cells, "batch_counters", "cells", "cells + 1", "cells - 1", any),
        update(Invariant::Cells, "batches", "cells", "cells + 1", "cells - 1", any),
        update(Invariant::Calls, "exchanges", "fence", "77", "1", FIRST),
        update(
            Invariant::Calls,
            "attempts",
            "started_at_us",
            "started_at_us + 9000000000",
            "started_at_us - 9000000000",
            FIRST,
        ),
        update(Invariant::Calls, "preflight_exchanges", "fence", "77", "1", any),
        (
            Invariant::Pauses,
            "UPDATE batch_steps SET status = 'paused' WHERE status = 'running'".to_owned(),
            "UPDATE batch_steps SET status = 'running' WHERE status = 'paused'".to_owned(),
        ),
        insert(
            Invariant::Orgs,
            "attempts",
            attempt,
            &format!("'default', {nobody}, 1, 'w', 1, 1, 'lost'"),
            &format!("run_id = {nobody}"),
        ),
        insert(
            Invariant::Orgs,
            "batch_steps",
            "org_id, batch_id, step, status, at_us",
            &format!("'default', {nobody}, 1, 'running', 1"),
            &format!("batch_id = {nobody}"),
        ),
        (
            Invariant::Orgs,
            format!(
                "INSERT INTO attempts ({attempt}) SELECT 'other', run_id, fence, worker, started_at_us, finished_at_us, outcome
                FROM attempts WHERE {FIRST}"
            ),
            "DELETE FROM attempts WHERE org_id = 'other'".to_owned(),
        ),
    ]
}

/// What all orgs' rows break.
async fn audited(world: &World, moment: Moment) -> Vec<Finding> {
    let mut found = Vec::new();
    for org in world.ops.audited_orgs().await.unwrap() {
        found.extend(world.ops.audit_rows(&org, moment, |_check, _rows| {}).await.unwrap());
    }
    found
}

fn broken(findings: &[Finding]) -> BTreeSet<Invariant> {
    findings.iter().filter(|finding| finding.violations > 0).map(|finding| finding.invariant).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_invariant_is_found_broken_where_it_is() {
    let world = World::sealed_twice().await;
    let other = "other".parse().unwrap();
    world.database.process().await.store.ensure_org(&other, stet_domain::clock::Timestamp(0)).await.unwrap();
    let sound = audited(&world, Moment::AtRest).await;
    assert_eq!(broken(&sound), BTreeSet::new(), "{sound:?}");
    let judged: BTreeSet<Invariant> =
        sound.iter().filter(|finding| finding.looked > 0).map(|finding| finding.invariant).collect();
    let not_judged = [Invariant::Sink, Invariant::Seals];
    assert_eq!(Invariant::ALL.len(), judged.len() + not_judged.len(), "{judged:?}");
    for (invariant, breaks, mends) in controls(&world) {
        assert!(world.database.tamper(&breaks).await > 0, "{breaks}");
        let found = audited(&world, Moment::AtRest).await;
        let mut expected = BTreeSet::from([invariant]);
        // An output that is another org's is one too few here, and a stray there.
        if breaks.contains("run_outputs SET org_id") {
            expected.insert(Invariant::Orgs);
        }
        assert_eq!(broken(&found), expected, "{breaks}: {found:?}");
        for finding in found.iter().filter(|finding| finding.violations > 0) {
            assert_eq!(finding.offences.len() as u64, finding.violations, "{breaks}: {finding:?}");
        }
        assert!(world.database.tamper(&mends).await > 0, "{mends}");
        assert_eq!(broken(&audited(&world, Moment::AtRest).await), BTreeSet::new(), "{mends}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_an_offence_at_rest_alone() {
    let world = World::new().await;
    let run = world.run(None).await;
    assert_eq!(broken(&audited(&world, Moment::AtWork).await), BTreeSet::new());
    let found = audited(&world, Moment::AtRest).await;
    assert_eq!(broken(&found), BTreeSet::from([Invariant::Ended]));
    let offences: Vec<&Offence> = found.iter().flat_map(|finding| &finding.offences).collect();
    let expected = Offence { org: admin().org, subject: OffenceSubject::Run(run), disagreement: None };
    assert_eq!(offences, [&expected]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seal_that_is_broken_is_named() {
    let world = World::sealed_twice().await;
    let sealed = async || world.ops.audit_seals(&admin().org, |_proved| {}).await.unwrap();
    let sound = sealed().await;
    // One template, one batch, two segments, and four runs.
    assert_eq!((sound.looked, sound.violations), (8, 0), "{sound:?}");
    let of_output = |bytes: &str| {
        format!("UPDATE run_outputs SET output = {} WHERE {FIRST}", world.database.bytes(bytes))
    };
    assert_eq!(world.database.tamper(&of_output("78")).await, 1);
    let found = sealed().await;
    assert_eq!((found.looked, found.violations, found.invariant), (8, 1, Invariant::Seals), "{found:?}");
    let said = found.offences[0].disagreement.clone().unwrap();
    assert_eq!(said, "response_output_sha256: HASH_MISMATCH");
    assert!(matches!(found.offences[0].subject, OffenceSubject::Run(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scheduler_counts_what_is_broken() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();
    let counted = |line: &str| {
        let text = metrics.render();
        let found = text.lines().find_map(|said| said.strip_prefix(line)?.trim().parse::<u64>().ok());
        found.unwrap_or(0)
    };
    let (audits, of_counters) = ("audits_total", "audit_violations_total{invariant=\"I4\"}");
    let world = World::new().await;
    let (scheduler, worker) = (world.scheduler(), world.worker());
    world.completed(world.batch(3).await).await;
    worker.stop().await;
    let so_far = counted(audits);
    until("an audit of what is sound", async || (counted(audits) > so_far + 1).then_some(())).await;
    assert_eq!(counted(of_counters), 0);
    world.database.tamper("UPDATE batch_counters SET cancelled = 1").await;
    until("an audit of what is broken", async || (counted(of_counters) > 0).then_some(())).await;
    scheduler.stop().await;
}
