//! What waits for a worker, by provider.

use std::collections::BTreeSet;

use serde::Serialize;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, OrgId, RunId, TemplateId};
use stet_store::{OfferedPreflight, OfferedRun, StoreError, Wanted};

use super::params::{Hex, pack};
use super::{Columns, Engine, Row, classify, queries};

#[derive(Serialize)]
struct Hinted<'a> {
    org: &'a str,
    run: Hex<[u8; 16]>,
}

pub(super) async fn runs(engine: &Engine, wanted: &Wanted) -> Result<Vec<OfferedRun>, StoreError> {
    let after = wanted.after.as_ref().map_or_else(String::new, ToString::to_string);
    let query = engine.statement(queries::OFFERED_RUNS).bind(i64::from(wanted.limit)).bind(after);
    let rows = engine.look(query.bind(names(&wanted.providers))).await?;
    rows.iter().map(read_run).collect()
}

pub(super) async fn hinted(
    engine: &Engine,
    hinted: &[(OrgId, RunId)],
    providers: &[Provider],
) -> Result<Vec<OfferedRun>, StoreError> {
    let once: BTreeSet<&(OrgId, RunId)> = hinted.iter().collect();
    let told = once.into_iter().map(|(org, run)| Hinted { org: org.as_str(), run: Hex(run.to_bytes()) });
    let mut found = Vec::new();
    for hints in pack(told)? {
        let query = engine.statement(queries::HINTED_RUNS).bind(hints).bind(names(providers));
        for row in &engine.look(query).await? {
            found.push(read_run(row)?);
        }
    }
    Ok(found)
}

pub(super) async fn preflights(
    engine: &Engine,
    wanted: &Wanted,
) -> Result<Vec<OfferedPreflight>, StoreError> {
    let query = engine.statement(queries::OFFERED_PREFLIGHTS).bind(i64::from(wanted.limit));
    let rows = engine.look(query.bind(names(&wanted.providers))).await?;
    rows.iter().map(read_preflight).collect()
}

pub(super) async fn next(engine: &Engine, providers: &[Provider]) -> Result<Option<Timestamp>, StoreError> {
    let query = engine.statement(queries::NEXT_OFFER).bind(names(providers));
    let row = engine.look(query).await?.pop().ok_or_else(|| classify(sqlx::Error::RowNotFound))?;
    Columns::of("runs", &row).time_if("due_us")
}

/// A JSON array of names, none of which needs an escape.
fn names(providers: &[Provider]) -> String {
    let quoted: Vec<String> = providers.iter().map(|provider| format!("\"{}\"", provider.as_str())).collect();
    format!("[{}]", quoted.join(","))
}

fn read_run(row: &Row) -> Result<OfferedRun, StoreError> {
    let columns = Columns::of("runs", row);
    Ok(OfferedRun {
        org: columns.named("org_id", |text| text.parse().ok())?,
        id: columns.array("run_id").map(RunId::from_bytes)?,
        batch: columns.array_if("batch_id")?.map(BatchId::from_bytes),
        template: columns.array("template_id").map(TemplateId::from_bytes)?,
        provider: columns.named("provider", Provider::from_word)?,
    })
}

fn read_preflight(row: &Row) -> Result<OfferedPreflight, StoreError> {
    let columns = Columns::of("batch_controls", row);
    Ok(OfferedPreflight {
        org: columns.named("org_id", |text| text.parse().ok())?,
        batch: columns.array("batch_id").map(BatchId::from_bytes)?,
        provider: columns.named("provider", Provider::from_word)?,
    })
}
