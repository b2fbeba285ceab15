//! Runs, proved many at a time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use stet_domain::Digest;
use stet_domain::ids::{OrgId, RunId, TemplateId};
use stet_domain::record::{RecordKeys, Seal};
use stet_domain::run::RunStatus;
use stet_domain::template::Template;
use stet_domain::verify::{
    Disagreement, RunContext, holds, same_digest, verify_exchanges, verify_run, verify_step2,
};
use stet_store::{AttemptRow, ExchangeRow, RunView, TemplateRow};

use crate::record::{RunParts, exchange_records, prove_template, run_record, unreadable};
use crate::{OpError, Ops, Verification};

/// The purpose of a reshaping step's exchange, as it is stored.
const STEP2: &str = "step2";

/// The templates that proofs of runs met, each proved once; `None` for one that is not there.
pub(crate) type ProvedTemplates = BTreeMap<TemplateId, Option<ProvedTemplate>>;

/// A template, and what is to be said of its own record.
pub(crate) struct ProvedTemplate {
    sha256: Digest,
    typed: Result<Template, Disagreement>,
}

impl ProvedTemplate {
    fn of(row: &TemplateRow, keys: &RecordKeys) -> Self {
        Self { sha256: row.template_sha256, typed: prove_template(row, keys) }
    }
}

impl Ops {
    /// Proves those of the runs that stand, in the order of `ids`, from one state of the rows: four statements, however many they are.
    ///
    /// # Errors
    /// [`OpError::Store`]; a column of one of them that cannot be read is an error of all.
    pub(crate) async fn prove_runs(
        &self,
        org: &OrgId,
        ids: &[RunId],
        templates: &mut ProvedTemplates,
    ) -> Result<Vec<Verification>, OpError> {
        let keys = &self.parts.record_keys;
        let mut tx = self.store().read(org).await?;
        let views = tx.get_runs(ids).await?;
        for view in &views {
            if let Entry::Vacant(unmet) = templates.entry(view.row.template) {
                let row = tx.get_template(view.row.template).await?;
                unmet.insert(row.map(|row| ProvedTemplate::of(&row, keys)));
            }
        }
        let attempts = tx.list_attempts_of(ids).await?;
        drop(tx);
        let prove = |view: &RunView| {
            let template = templates.get(&view.row.template).and_then(Option::as_ref);
            let attempts = attempts.get(&view.row.id).map_or(&[][..], Vec::as_slice);
            Verification {
                sha256: view.row.end.as_ref().and_then(|end| end.run_sha256),
                disagreement: verify(keys, view, template, attempts).err(),
            }
        };
        Ok(views.iter().map(prove).collect())
    }
}

fn verify(
    keys: &RecordKeys,
    view: &RunView,
    template: Option<&ProvedTemplate>,
    attempts: &[AttemptRow],
) -> Result<(), Disagreement> {
    let row = &view.row;
    let Some(template) = template else {
        return holds("template_id", false, || format!("there is no template {}", row.template));
    };
    let typed = template.typed.as_ref().map_err(Disagreement::clone)?;
    exchanges(view, attempts)?;
    let has_result = matches!(row.status, RunStatus::Succeeded | RunStatus::Failed | RunStatus::Quarantined);
    holds("status", view.output.is_none() || has_result, || {
        format!("the run is {} and has a result", row.status)
    })?;
    let (Some(end), true) = (&row.end, has_result) else {
        return same_digest("inputs_sha256", row.inputs_sha256, Digest::of(&view.inputs));
    };
    let output = view.output.as_ref().ok_or_else(|| unreadable("provenance", "null"))?;
    let finished_at = row.finished_at.ok_or_else(|| unreadable("finished_at_us", "null"))?;
    let exchanges = view.sealed_exchanges.as_deref().ok_or_else(|| unreadable("sealed_exchanges", "null"))?;
    let hmac = end.record_hmac.ok_or_else(|| unreadable("record_hmac", "null"))?;
    let key_id = end.record_key_id.clone().ok_or_else(|| unreadable("record_key_id", "null"))?;
    let parts =
        RunParts { row, inputs: &view.inputs, status: row.status, end, output, exchanges, finished_at };
    let context = RunContext { template: typed, template_sha256: template.sha256 };
    verify_run(&run_record(parts)?, &context, keys, &Seal { hmac, key_id })?;
    let step2 = recorded(view, attempts).iter().position(|row| row.purpose == STEP2);
    let step2 = step2.map(|place| (place, recorded(view, attempts)[place].request_body.as_slice()));
    verify_step2(output.step1_text.as_deref(), step2)
}

/// The exchanges of the attempt that brought the result.
fn recorded<'a>(view: &RunView, attempts: &'a [AttemptRow]) -> &'a [ExchangeRow] {
    let attempt = attempts.iter().find(|attempt| attempt.fence == view.row.fence);
    attempt.map_or(&[], |attempt| &attempt.exchanges)
}

/// Every request against its digest; those of the attempt that brought the result also against what was sealed of them.
fn exchanges(view: &RunView, attempts: &[AttemptRow]) -> Result<(), Disagreement> {
    if let Some(sealed) = &view.sealed_exchanges {
        verify_exchanges(sealed, &exchange_records(recorded(view, attempts)))?;
    }
    for attempt in attempts {
        for (index, row) in attempt.exchanges.iter().enumerate() {
            let sealed = view.sealed_exchanges.is_some() && attempt.fence == view.row.fence;
            let field = if sealed {
                format!("exchanges/{index}/request_body")
            } else {
                format!("attempts/{}/exchanges/{index}/request_sha256", attempt.fence.0)
            };
            same_digest(field, row.request_sha256, Digest::of(&row.request_body))?;
        }
    }
    Ok(())
}
