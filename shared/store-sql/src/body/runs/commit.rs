//! Results, recorded under their fences (reliability.md rule 4).

use std::collections::HashSet;

use serde::Serialize;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftKind;
use stet_domain::run::RunStatus;
use stet_store::{CommitRow, Commits, StoreError};

use super::attempt::{AttemptEnd, settle};
use super::counters::Outcomes;
use super::params::{Hex, Place, pack, pack_with_bytes};
use super::{BEFORE_PAUSE, ClaimKey, Columns, Row, Transaction, queries, read_key};

#[derive(Serialize)]
struct Ended<'a> {
    run: Hex<[u8; 16]>,
    fence: i64,
    status: &'static str,
    finished_at_us: i64,
    error_code: Option<&'static str>,
    error_detail: Option<&'a str>,
    drift_kind: Option<&'static str>,
    model_version_effective: Option<&'a str>,
    model_fingerprint: Option<&'a str>,
    search_performed: Option<bool>,
    grounded_effective: Option<bool>,
    why_not_grounded: Option<&'a str>,
    response_output_sha256: Option<Hex<[u8; 32]>>,
    output_json_valid: Option<bool>,
    als_block_sha256: Option<Hex<[u8; 32]>>,
    als_variant_id: Option<&'a str>,
    usage_input: Option<i64>,
    usage_output: Option<i64>,
    usage_cached: Option<i64>,
    usage_reasoning: Option<i64>,
    usage_tool_use: Option<i64>,
    run_sha256: Option<Hex<[u8; 32]>>,
    record_hmac: Option<Hex<[u8; 32]>>,
    record_key_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Large<'a> {
    run: Hex<[u8; 16]>,
    output: Option<Place>,
    step1_text: Option<Place>,
    als_block_text: Option<&'a str>,
    sealed_exchanges: Place,
    provenance: Place,
}

#[derive(Serialize)]
struct CitationOf<'a> {
    run: Hex<[u8; 16]>,
    ordinal: usize,
    url_raw: &'a str,
    url: &'a str,
    title: Option<&'a str>,
    domain: Option<&'a str>,
    class: &'static str,
    span: Option<&'a str>,
}

pub(super) async fn commit_runs(tx: &mut Transaction, commits: &[CommitRow]) -> Result<Commits, StoreError> {
    let mut seen = HashSet::new();
    let commits: Vec<&CommitRow> =
        commits.iter().filter(|commit| seen.insert((commit.run, commit.fence))).collect();
    let results = pack(commits.iter().map(|commit| result_of(commit)))?;
    let rows = tx.bulk(queries::COMMIT_RUNS, results).await?;
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
    let commits = || commits.iter().filter(|commit| written.contains(&(commit.run, commit.fence)));
    let outputs = pack_with_bytes(commits(), |commit, bytes| Large {
        run: Hex(commit.run.to_bytes()),
        output: commit.output.output.as_deref().map(|output| bytes.put(output)),
        step1_text: commit.output.step1_text.as_deref().map(|text| bytes.put(text)),
        als_block_text: commit.output.als_block_text.as_deref(),
        sealed_exchanges: bytes.put(&commit.sealed_exchanges),
        provenance: bytes.put(&commit.output.provenance),
    })?;
    tx.bulk_with_bytes(queries::INSERT_OUTPUTS, outputs).await?;
    let citations = pack(commits().flat_map(|commit| {
        commit.output.citations.iter().enumerate().map(|(ordinal, citation)| CitationOf {
            run: Hex(commit.run.to_bytes()),
            ordinal,
            url_raw: &citation.url_raw,
            url: &citation.url,
            title: citation.title.as_deref(),
            domain: citation.domain.as_deref(),
            class: citation.class.as_str(),
            span: citation.span.as_deref(),
        })
    }))?;
    tx.bulk(queries::INSERT_CITATIONS, citations).await?;
    Ok(())
}

fn result_of(commit: &CommitRow) -> Ended<'_> {
    let end = &commit.end;
    Ended {
        run: Hex(commit.run.to_bytes()),
        fence: commit.fence.0,
        status: commit.status.as_str(),
        finished_at_us: commit.finished_at.0,
        error_code: end.error_code.map(ErrorCode::as_str),
        error_detail: end.error_detail.as_deref(),
        drift_kind: end.drift_kind.map(DriftKind::as_str),
        model_version_effective: end.model_version_effective.as_deref(),
        model_fingerprint: end.model_fingerprint.as_deref(),
        search_performed: end.search_performed,
        grounded_effective: end.grounded_effective,
        why_not_grounded: end.why_not_grounded.as_deref(),
        response_output_sha256: end.response_output_sha256.map(|digest| Hex(digest.to_bytes())),
        output_json_valid: end.output_json_valid,
        als_block_sha256: end.als_block_sha256.map(|digest| Hex(digest.to_bytes())),
        als_variant_id: end.als_variant_id.as_deref(),
        usage_input: end.usage.input,
        usage_output: end.usage.output,
        usage_cached: end.usage.cached,
        usage_reasoning: end.usage.reasoning,
        usage_tool_use: end.usage.tool_use,
        run_sha256: end.run_sha256.map(|digest| Hex(digest.to_bytes())),
        record_hmac: end.record_hmac.map(Hex),
        record_key_id: end.record_key_id.as_deref(),
    }
}
