//! Runs with all that was recorded of them.

use std::collections::BTreeMap;

use stet_domain::citation::{Citation, CitationClass};
use stet_domain::ids::RunId;
use stet_store::{OutputRow, RunView, StoreError};

use super::row::read_run;
use super::{Columns, Row, Transaction, pack_ids, queries};

pub(super) async fn get_runs(tx: &mut Transaction, ids: &[RunId]) -> Result<Vec<RunView>, StoreError> {
    let rows = tx.bulk(queries::GET_RUNS, pack_ids(ids)?).await?;
    let mut citations = list_citations(tx, ids).await?;
    rows.iter().map(|row| read_view(row, &mut citations)).collect()
}

fn read_view(row: &Row, citations: &mut BTreeMap<RunId, Vec<Citation>>) -> Result<RunView, StoreError> {
    let run = read_run(row)?;
    let columns = Columns::of("run_outputs", row);
    // `provenance` is never null where an output row stands.
    let output = match columns.get::<Option<Vec<u8>>>("provenance")? {
        None => None,
        Some(provenance) => Some(OutputRow {
            output: columns.get("output")?,
            step1_text: columns.get("step1_text")?,
            als_block_text: columns.get("als_block_text")?,
            provenance,
            citations: citations.remove(&run.id).unwrap_or_default(),
        }),
    };
    Ok(RunView {
        row: run,
        inputs: columns.bytes("inputs")?,
        output,
        sealed_exchanges: columns.get("sealed_exchanges")?,
    })
}

/// The citations of each run, in order.
async fn list_citations(
    tx: &mut Transaction,
    ids: &[RunId],
) -> Result<BTreeMap<RunId, Vec<Citation>>, StoreError> {
    let mut by_run: BTreeMap<RunId, Vec<Citation>> = BTreeMap::new();
    for row in &tx.bulk(queries::LIST_CITATIONS, pack_ids(ids)?).await? {
        let run = Columns::of("citations", row).array("run_id").map(RunId::from_bytes)?;
        let so_far = by_run.entry(run).or_default();
        so_far.push(read_citation(row, so_far.len())?);
    }
    Ok(by_run)
}

fn read_citation(row: &Row, ordinal: usize) -> Result<Citation, StoreError> {
    let columns = Columns::of("citations", row);
    let stored: i64 = columns.get("ordinal")?;
    if usize::try_from(stored) != Ok(ordinal) {
        return Err(columns.corrupt("ordinal", &format!("{stored} stands where {ordinal} is due")));
    }
    Ok(Citation {
        url_raw: columns.text("url_raw")?,
        url: columns.text("url")?,
        title: columns.get("title")?,
        domain: columns.get("domain")?,
        class: columns.named("class", CitationClass::named)?,
        span: columns.get("span")?,
    })
}
