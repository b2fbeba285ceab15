//! Results, recorded under their fences (reliability.md rule 4).

use std::collections::HashSet;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::citation::Citation;
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftKind;
use stet_domain::ids::RunId;
use stet_domain::run::RunStatus;
use stet_store::{CommitRow, Commits, StoreError};

use super::attempt::{AttemptEnd, settle};
use super::counters::Outcomes;
use super::params::{Hex, integer, pack, tell};
use super::{BEFORE_PAUSE, ClaimKey, Columns, Row, Told, Transaction, queries, read_key};

pub(super) async fn commit_runs(tx: &mut Transaction, commits: &[CommitRow]) -> Result<Commits, StoreError> {
    let mut seen = HashSet::new();
    let commits: Vec<&CommitRow> =
        commits.iter().filter(|commit| seen.insert((commit.run, commit.fence))).collect();
    let rows = tx.bulk(queries::COMMIT_RUNS, tell(commits.iter().copied(), tell_result)).await?;
    let (mut written, mut outcomes) = (HashSet::new(), Outcomes::default());
    for row in &rows {
        written.insert(read_key(row)?);
        outcomes.add_row(row)?;
    }
    if let (Some(hold), paused @ [_, ..]) = (BEFORE_PAUSE, quarantined_batches(&rows)?.as_slice()) {
        tx.bulk(hold, pack(paused.iter().map(|batch| Hex(*batch)))?).await?;
    }
    insert_outputs(tx, &commits, &written).await?;
    let ends: Vec<_> = commits
        .iter()
        .map(|commit| AttemptEnd {
            run: commit.run,
            fence: commit.fence,
            finished_at: commit.finished_at,
            error_code: commit.end.error_code,
            error_detail: commit.end.error_detail.as_deref(),
            exchanges: &commit.exchanges,
        })
        .collect();
    let settled = settle(tx, &ends, &written, AttemptOutcome::Recorded).await?;
    // Last: a batch's counters are one row, and whoever commits next waits for it from here on alone.
    outcomes.write(tx).await?;
    Ok(settled)
}

/// The batches of results that are kept apart: they pause in this transaction.
fn quarantined_batches(rows: &[Row]) -> Result<Vec<[u8; 16]>, StoreError> {
    let mut batches = Vec::new();
    for row in rows {
        let columns = Columns::of("runs", row);
        if columns.named("status", RunStatus::named)? == RunStatus::Quarantined {
            batches.extend(columns.array_if("batch_id")?);
        }
    }
    Ok(batches)
}

async fn insert_outputs(
    tx: &mut Transaction,
    commits: &[&CommitRow],
    written: &HashSet<ClaimKey>,
) -> Result<(), StoreError> {
    let commits = || commits.iter().copied().filter(|commit| written.contains(&(commit.run, commit.fence)));
    tx.bulk(queries::INSERT_OUTPUTS, tell(commits(), tell_output)).await?;
    let citations = commits().flat_map(|commit| {
        commit.output.citations.iter().enumerate().map(|(ordinal, citation)| (commit.run, ordinal, citation))
    });
    tx.bulk(queries::INSERT_CITATIONS, tell(citations, tell_citation)).await?;
    Ok(())
}

fn tell_result<'a>(commit: &'a CommitRow, row: &mut Told<'a>) {
    let end = &commit.end;
    row.id("run", commit.run.to_bytes());
    row.number("fence", commit.fence.0);
    row.text("status", commit.status.as_str());
    row.number("finished_at_us", commit.finished_at.0);
    row.text("error_code", end.error_code.map(ErrorCode::as_str));
    row.text("error_detail", end.error_detail.as_deref());
    row.text("drift_kind", end.drift_kind.map(DriftKind::as_str));
    row.text("model_version_effective", end.model_version_effective.as_deref());
    row.text("model_fingerprint", end.model_fingerprint.as_deref());
    row.number("search_performed", end.search_performed.map(i64::from));
    row.number("grounded_effective", end.grounded_effective.map(i64::from));
    row.text("why_not_grounded", end.why_not_grounded.as_deref());
    row.bytes(
        "response_output_sha256",
        end.response_output_sha256.as_ref().map(|digest| digest.as_bytes().as_slice()),
    );
    row.number("output_json_valid", end.output_json_valid.map(i64::from));
    row.bytes("als_block_sha256", end.als_block_sha256.as_ref().map(|digest| digest.as_bytes().as_slice()));
    row.text("als_variant_id", end.als_variant_id.as_deref());
    row.number("usage_input", end.usage.input);
    row.number("usage_output", end.usage.output);
    row.number("usage_cached", end.usage.cached);
    row.number("usage_reasoning", end.usage.reasoning);
    row.number("usage_tool_use", end.usage.tool_use);
    row.bytes("run_sha256", end.run_sha256.as_ref().map(|digest| digest.as_bytes().as_slice()));
    row.bytes("record_hmac", end.record_hmac.as_ref().map(<[u8; 32]>::as_slice));
    row.text("record_key_id", end.record_key_id.as_deref());
}

fn tell_output<'a>(commit: &'a CommitRow, row: &mut Told<'a>) {
    row.id("run", commit.run.to_bytes());
    row.body("output", commit.output.output.as_deref());
    row.body("step1_text", commit.output.step1_text.as_deref());
    row.text("als_block_text", commit.output.als_block_text.as_deref());
    row.body("sealed_exchanges", commit.sealed_exchanges.as_slice());
    row.body("provenance", commit.output.provenance.as_slice());
}

fn tell_citation<'a>((run, ordinal, citation): (RunId, usize, &'a Citation), row: &mut Told<'a>) {
    row.id("run", run.to_bytes());
    row.number("ordinal", integer(ordinal as u64));
    row.text("url_raw", citation.url_raw.as_str());
    row.text("url", citation.url.as_str());
    row.text("title", citation.title.as_deref());
    row.text("domain", citation.domain.as_deref());
    row.text("class", citation.class.as_str());
    row.text("span", citation.span.as_deref());
}
