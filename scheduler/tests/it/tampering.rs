//! A byte flipped in any column that something covers is found; a column that nothing covers is named here, with the reason.

use stet_domain::ids::{BatchId, RunId, TemplateId};
use stet_ops::{OpError, Verification};

use crate::fixture::{World, admin};

/// What no proof covers.
const UNCOVERED: [(&str, &str, &str); 5] = [
    ("batches", "traceparent", "it names a caller's trace, and nothing that was run"),
    ("runs", "created_by", "a cell has none: its batch says who submitted it"),
    ("runs", "available_at_us", "it ends with the run"),
    ("runs", "lease_until_us", "it ends with the run"),
    ("runs", "traceparent", "it names a caller's trace, and nothing that was run"),
];

/// What was made, and is verified after each change.
struct Made {
    template: TemplateId,
    batch: BatchId,
    /// The cell that cites, first, and a single run.
    runs: Vec<RunId>,
}

/// What the proofs of everything find first; a thing that cannot be found is found missing.
async fn found(world: &World, made: &Made) -> Option<String> {
    let mut proofs: Vec<(&str, Result<Verification, OpError>)> = vec![
        ("template", world.ops.verify_template(&admin(), made.template).await),
        ("batch", world.ops.verify_batch(&admin(), made.batch).await),
        ("segment", world.ops.verify_segment(&admin(), 1).await),
    ];
    for run in &made.runs {
        proofs.push(("run", world.ops.verify_run(&admin(), *run).await));
    }
    proofs.into_iter().find_map(|(what, proof)| match proof {
        Ok(verification) => verification.disagreement.map(|found| format!("{what}: {found}")),
        Err(OpError::NotFound { .. }) => Some(format!("{what}: gone")),
        Err(error) => panic!("{what}: {error}"),
    })
}

/// Flips every column of the one row that `row` finds, one at a time; answers those that went unseen.
async fn unseen(world: &World, made: &Made, table: &str, row: &str) -> Vec<String> {
    let mut unseen = Vec::new();
    for (column, kind) in world.database.columns(table).await {
        let value = world.database.value(table, (&column, kind), row).await;
        let (stood, flipped) = (world.database.sql_of(&value), world.database.sql_of(&value.flipped()));
        let set = |value: &str, row: &str| format!("UPDATE {table} SET {column} = {value} WHERE {row}");
        assert_eq!(world.database.tamper(&set(&flipped, row)).await, 1, "{table}.{column}");
        if found(world, made).await.is_none() {
            unseen.push(column.clone());
        }
        // The row may be known by the very column that was flipped.
        let there = row.replace(&format!("{column} = {stood}"), &format!("{column} = {flipped}"));
        assert_eq!(world.database.tamper(&set(&stood, &there)).await, 1, "{table}.{column}: {there}");
    }
    assert_eq!(found(world, made).await, None, "{table} is as it was");
    unseen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_byte_is_found_in_every_covered_column() {
    let world = World::new().await;
    let (template, batch, cited, single) = world.with_evidence().await;
    let made = Made { template, batch, runs: vec![cited, single] };
    assert_eq!(found(&world, &made).await, None);
    let id = |bytes: [u8; 16]| world.database.bytes(&format!("{:032x}", u128::from_be_bytes(bytes)));
    let (of_template, of_batch) = (id(template.to_bytes()), id(batch.to_bytes()));
    let of_run = id(cited.to_bytes());
    let fence = "fence = 1";
    let rows = [
        ("templates", format!("template_id = {of_template}")),
        ("batches", format!("batch_id = {of_batch}")),
        ("lock_epochs", format!("batch_id = {of_batch}")),
        ("canary_looks", format!("batch_id = {of_batch}")),
        ("preflight_exchanges", format!("batch_id = {of_batch} AND ordinal = 1")),
        ("runs", format!("run_id = {of_run}")),
        ("run_outputs", format!("run_id = {of_run}")),
        ("citations", format!("run_id = {of_run} AND ordinal = 0")),
        ("exchanges", format!("run_id = {of_run} AND {fence} AND ordinal = 0")),
        ("segments", "segment = 1".to_owned()),
    ];
    let mut all = Vec::new();
    for (table, row) in rows {
        let columns = unseen(&world, &made, table, &row).await;
        all.extend(columns.into_iter().map(|column| (table, column)));
    }
    let expected: Vec<_> =
        UNCOVERED.iter().map(|(table, column, _)| (*table, (*column).to_owned())).collect();
    assert_eq!(all, expected);
}
