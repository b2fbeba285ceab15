//! A run, proved.

use stet_domain::Digest;
use stet_domain::code::ErrorCode;
use stet_domain::ids::RunId;
use stet_domain::record::RecordKeys;
use stet_domain::verify::{Disagreement, RunContext, verify_run, verify_template};
use stet_store::{AttemptRow, RunView, TemplateRow};

use super::required_run;
use crate::record::{RunParts, run_record, template_record, unreadable};
use crate::template::required_template;
use crate::{Actor, OpError, Operation, Ops, Verification};

impl Ops {
    /// Recomputes every hash and the HMAC of a run, of its template and of its exchanges from what is stored. A run that has not ended, or was
    /// cancelled, has no identity: its template, inputs and exchanges are checked alone.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn verify_run(&self, actor: &Actor, id: RunId) -> Result<Verification, OpError> {
        actor.may(Operation::VerifyRun)?;
        let (view, template, attempts) = {
            let mut tx = self.store().read(&actor.org).await?;
            let view = required_run(&mut *tx, id).await?;
            let template = required_template(&mut *tx, view.row.template).await?;
            (view, template, tx.list_attempts(id).await?)
        };
        let sha256 = view.row.end.as_ref().and_then(|end| end.run_sha256);
        let disagreement = verify(&self.parts.record_keys, &view, &template, &attempts).err();
        Ok(Verification { sha256, disagreement })
    }
}

fn verify(
    keys: &RecordKeys,
    view: &RunView,
    template: &TemplateRow,
    attempts: &[AttemptRow],
) -> Result<(), Disagreement> {
    let typed =
        verify_template(&template_record(template), keys, &template.record_hmac, &template.record_key_id)?;
    exchanges(attempts)?;
    let row = &view.row;
    let (Some(end), Some(output), Some(finished_at)) = (&row.end, &view.output, row.finished_at) else {
        return same("inputs_sha256", row.inputs_sha256, Digest::of(&view.inputs));
    };
    let hmac = end.record_hmac.ok_or_else(|| unreadable("record_hmac", "null"))?;
    let key_id = end.record_key_id.as_deref().ok_or_else(|| unreadable("record_key_id", "null"))?;
    let parts = RunParts { row, inputs: &view.inputs, status: row.status, end, output, finished_at };
    let context = RunContext { template: &typed, template_sha256: template.template_sha256 };
    verify_run(&run_record(parts)?, &context, keys, &hmac, key_id)
}

fn exchanges(attempts: &[AttemptRow]) -> Result<(), Disagreement> {
    attempts
        .iter()
        .flat_map(|attempt| &attempt.exchanges)
        .try_for_each(|row| same("request_sha256", row.request_sha256, Digest::of(&row.request_body)))
}

fn same(field: &'static str, stored: Digest, computed: Digest) -> Result<(), Disagreement> {
    if stored == computed {
        return Ok(());
    }
    let detail = format!("stored {stored}, recomputed {computed}");
    Err(Disagreement { field, code: ErrorCode::HashMismatch, detail })
}
