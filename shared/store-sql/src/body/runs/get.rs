//! One run with all that was recorded of it.

use stet_domain::citation::{Citation, CitationClass};
use stet_domain::ids::RunId;
use stet_store::{OutputRow, RunView, StoreError};

use super::row::read_run;
use super::{Columns, Row, Transaction, queries};

pub(super) async fn get_run(tx: &mut Transaction, id: RunId) -> Result<Option<RunView>, StoreError> {
    let query = tx.scoped(queries::GET_RUN).bind(id.to_bytes().to_vec());
    let Some(row) = tx.optional(query).await? else { return Ok(None) };
    let columns = Columns::of("run_outputs", &row);
    // `provenance` is never null where an output row stands.
    let output = match columns.get::<Option<Vec<u8>>>("provenance")? {
        None => None,
        Some(provenance) => Some(OutputRow {
            output: columns.get("output")?,
            step1_text: columns.get("step1_text")?,
            als_block_text: columns.get("als_block_text")?,
            provenance,
            citations: list_citations(tx, id).await?,
        }),
    };
    Ok(Some(RunView {
        row: read_run(&row)?,
        inputs: columns.bytes("inputs")?,
        output,
        sealed_exchanges: columns.get("sealed_exchanges")?,
    }))
}

async fn list_citations(tx: &mut Transaction, id: RunId) -> Result<Vec<Citation>, StoreError> {
    let query = tx.scoped(queries::LIST_CITATIONS).bind(id.to_bytes().to_vec());
    tx.all(query).await?.iter().zip(0_i64..).map(|(row, ordinal)| read_citation(row, ordinal)).collect()
}

fn read_citation(row: &Row, ordinal: i64) -> Result<Citation, StoreError> {
    let columns = Columns::of("citations", row);
    let stored: i64 = columns.get("ordinal")?;
    if stored != ordinal {
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
