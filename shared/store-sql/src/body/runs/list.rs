//! Runs by filter, a page at a time.

use stet_domain::mode::GroundingMode;
use stet_domain::run::RunStatus;
use stet_store::{Page, PageRequest, Position, RunFilter, RunRow, RunsOf, StoreError};

use super::super::transaction::Query;
use super::row::read_run;
use super::{Transaction, page, queries};

/// One statement for each index that a list can be read by; the rest of the filter is checked row by row.
pub(super) async fn list_runs(
    tx: &mut Transaction,
    filter: &RunFilter,
    request: PageRequest,
) -> Result<Page<RunRow>, StoreError> {
    let sql = match filter.of {
        RunsOf::Batch(_) | RunsOf::BatchOfTemplate(..) => queries::LIST_RUNS_OF_BATCH,
        RunsOf::Template(_) => queries::LIST_RUNS_OF_TEMPLATE,
    };
    // `created_before` is one more bound from above: the page begins at the lower of the two.
    let before = filter.created_before.map_or(page::NEWEST, |at| (at.0, [0; 16]));
    let (created_at_us, id) = page::start(request).min(before);
    let query = tx.scoped(sql).bind(created_at_us).bind(id.to_vec());
    let rows = tx.all(bind_filter(query, filter).bind(page::rows_wanted(request))).await?;
    page::build(request, &rows, read_run, |run| Position {
        created_at: run.created_at,
        id: run.id.to_bytes(),
    })
}

/// The eight parameters that lists and counts share, in their order.
pub(super) fn bind_filter(query: Query, filter: &RunFilter) -> Query {
    query
        .bind(filter.created_from.map_or(i64::MIN, |at| at.0))
        .bind(filter.batch().map(|id| id.to_bytes().to_vec()))
        .bind(filter.template().map(|id| id.to_bytes().to_vec()))
        .bind(filter.status.map(RunStatus::as_str))
        .bind(filter.locale.clone())
        .bind(filter.grounding_mode.map(GroundingMode::as_str))
        .bind(filter.response_output_sha256.map(|digest| digest.to_bytes().to_vec()))
        .bind(filter.model_version_effective.clone())
}
