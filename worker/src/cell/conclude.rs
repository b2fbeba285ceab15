//! What is recorded of an attempt that ends its run.

use stet_domain::als::AlsBlock;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::provenance::{ApiFacts, Asked, Came, Provenance};
use stet_domain::run::RunStatus;
use stet_domain::usage::TokenUsage;
use stet_domain::verdict::{Offence, Step2, Verdict, judge};
use stet_domain::{Locale, Provider};
use stet_ops::RunResult;
use stet_ops::rows::{ClaimedRun, ExchangeRow, OutputRow, RunEnd};
use stet_provider::{Api, Failure};

use super::ask::{Ask, Unaskable};
use super::brought::Brought;
use crate::templates::Prepared;

/// The result of what was brought, by the judgement of it.
pub(super) fn judged(
    ask: &Ask,
    api: &Api,
    brought: &Brought,
    exchanges: Vec<ExchangeRow>,
    finished_at: Timestamp,
) -> RunResult {
    let answer = &brought.answer;
    let unanswered =
        brought.failure().map(|failure| Offence { code: failure.code, detail: failure.detail.clone() });
    let reshaped = brought.reshaped().map(Step2::Answered);
    let step2 = reshaped.or_else(|| unanswered.as_ref().map(Step2::Unanswered));
    let verdict = judge(&ask.standard(), answer, step2);
    let facts = facts(api);
    let asked = Asked {
        provoker_value: brought.provoker.as_deref(),
        ..asked(&ask.run, &ask.prepared, ask.locale, ask.als.as_ref(), Some(&facts))
    };
    let provenance =
        Provenance::of(&asked, &Came::Answer { verdict: &verdict, citations: &answer.search.citations });
    let output = OutputRow {
        output: verdict.output.as_ref().map(|output| output.text.clone().into_bytes()),
        step1_text: brought.step2.is_some().then(|| answer.text.clone().into_bytes()),
        citations: answer.search.citations.clone(),
        ..no_output(ask.als.as_ref(), provenance)
    };
    RunResult {
        status: verdict.status,
        end: judged_end(&verdict, ask.als.as_ref(), brought.usage()),
        output,
        exchanges,
        finished_at,
    }
}

/// The result of calls that brought no answer.
pub(super) fn unanswered(
    ask: &Ask,
    api: &Api,
    failure: &Failure,
    exchanges: Vec<ExchangeRow>,
    finished_at: Timestamp,
) -> RunResult {
    let facts = facts(api);
    let asked = asked(&ask.run, &ask.prepared, ask.locale, ask.als.as_ref(), Some(&facts));
    let provenance = Provenance::of(&asked, &Came::Nothing { error_code: failure.code });
    RunResult {
        status: RunStatus::Failed,
        end: failed_end(failure.code, failure.detail.clone(), ask.als.as_ref()),
        output: no_output(ask.als.as_ref(), provenance),
        exchanges,
        finished_at,
    }
}

/// The result of a cell that could not be asked.
pub(super) fn unasked(run: &ClaimedRun, unaskable: &Unaskable, finished_at: Timestamp) -> RunResult {
    let locale = unaskable.locale.unwrap_or(Locale::None);
    let asked = asked(run, &unaskable.prepared, locale, None, None);
    let provenance = Provenance::of(&asked, &Came::Nothing { error_code: unaskable.code });
    RunResult {
        status: RunStatus::Failed,
        end: failed_end(unaskable.code, unaskable.detail.clone(), None),
        output: no_output(None, provenance),
        exchanges: Vec::new(),
        finished_at,
    }
}

fn facts(api: &Api) -> ApiFacts {
    ApiFacts { name: api.name.to_owned(), version: api.version.to_owned(), region: api.region.clone() }
}

fn asked<'a>(
    run: &'a ClaimedRun,
    prepared: &'a Prepared,
    locale: Locale,
    als: Option<&'a AlsBlock>,
    api: Option<&'a ApiFacts>,
) -> Asked<'a> {
    let in_batch = run.row.batch.is_some();
    let provider: Provider = prepared.template.provider;
    Asked {
        template_sha256: prepared.row.template_sha256,
        inputs_sha256: run.row.inputs_sha256,
        provider,
        api,
        lock_version: run.lock.as_ref().and_then(|row| row.lock_version.as_deref()),
        locale,
        locale_index: in_batch.then_some(run.row.locale_index),
        grounding_mode: run.row.grounding_mode,
        replicate_index: in_batch.then_some(run.row.replicate_index),
        als,
        provoker_value: None,
    }
}

fn judged_end(verdict: &Verdict, als: Option<&AlsBlock>, usage: TokenUsage) -> RunEnd {
    let output = verdict.output.as_ref();
    RunEnd {
        error_code: verdict.error_code,
        error_detail: verdict.error_detail.clone(),
        drift_kind: verdict.drift_kind,
        model_version_effective: verdict.observed.as_ref().map(|seen| seen.model_version.clone()),
        model_fingerprint: verdict.observed.as_ref().and_then(|seen| seen.model_fingerprint.clone()),
        search_performed: Some(verdict.grounding.search_performed),
        grounded_effective: Some(verdict.grounding.grounded_effective),
        why_not_grounded: verdict.grounding.why_not_grounded.map(|why| why.to_string()),
        response_output_sha256: output.map(|output| output.sha256),
        output_json_valid: output.and_then(|output| output.json_valid),
        usage,
        ..failed_end(ErrorCode::Internal, String::new(), als)
    }
}

fn failed_end(code: ErrorCode, detail: String, als: Option<&AlsBlock>) -> RunEnd {
    RunEnd {
        error_code: Some(code),
        error_detail: Some(detail),
        drift_kind: None,
        model_version_effective: None,
        model_fingerprint: None,
        search_performed: None,
        grounded_effective: None,
        why_not_grounded: None,
        response_output_sha256: None,
        output_json_valid: None,
        als_block_sha256: als.map(|block| block.sha256),
        als_variant_id: als.map(|block| block.variant_id.clone()),
        usage: TokenUsage::default(),
        // The seal fills these in.
        run_sha256: None,
        record_hmac: None,
        record_key_id: None,
    }
}

fn no_output(als: Option<&AlsBlock>, provenance: Provenance) -> OutputRow {
    OutputRow {
        output: None,
        step1_text: None,
        als_block_text: als.map(|block| block.text.clone()),
        provenance: provenance.canonical,
        citations: Vec::new(),
    }
}
