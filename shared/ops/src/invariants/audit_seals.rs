//! Every hash and HMAC of an org.

use stet_domain::clock::Timestamp;
use stet_domain::ids::{OrgId, RunId};
use stet_domain::invariant::Invariant;
use stet_store::{EndPlace, PageRequest, Position, StoreError};

use super::{Finding, OffenceSubject};
use crate::run::prove_runs::ProvedTemplates;
use crate::{OpError, Ops, Verification};

/// Things that are listed at once.
const PAGE: u32 = 200;
/// Terminal runs that are listed at once.
const RUNS_PAGE: u32 = 1_000;
/// Runs that are read at once with all that belongs to them: a run may have some large answers.
const RUNS_WINDOW: usize = 32;
/// Behind every run.
const LAST: EndPlace = (Timestamp(i64::MAX), RunId::from_bytes([0xff; 16]));

impl Ops {
    /// Proves every template, batch, segment and terminal run of an org (I11), one after the other, in bounded pages; `looked` hears how many more were proved. A run that has
    /// not ended has no seal yet.
    ///
    /// # Errors
    /// [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn audit_seals(
        &self,
        org: &OrgId,
        mut looked: impl FnMut(u64) + Send,
    ) -> Result<Finding, OpError> {
        let mut finding = Finding::nothing(Invariant::Seals);
        self.prove_templates(org, &mut finding, &mut looked).await?;
        self.prove_batches(org, &mut finding, &mut looked).await?;
        self.prove_segments(org, &mut finding, &mut looked).await?;
        self.prove_ended_runs(org, &mut finding, &mut looked).await?;
        Ok(finding)
    }

    async fn prove_templates(
        &self,
        org: &OrgId,
        finding: &mut Finding,
        looked: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), OpError> {
        let mut after = None;
        loop {
            let page = PageRequest { after, limit: PAGE };
            let items = self.store().read(org).await?.list_templates(page).await?.items;
            let Some(last) = items.last() else { return Ok(()) };
            after = Some(Position { created_at: last.created_at, id: last.id.to_bytes() });
            for row in &items {
                let proved = Verification::of(self.prove_template(org, row.id).await)?;
                finding.proved(org, OffenceSubject::Template(row.id), proved.disagreement.as_ref());
            }
            looked(items.len() as u64);
        }
    }

    async fn prove_batches(
        &self,
        org: &OrgId,
        finding: &mut Finding,
        looked: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), OpError> {
        let mut after = None;
        loop {
            let page = PageRequest { after, limit: PAGE };
            let items = self.store().read(org).await?.list_batches(page).await?.items;
            let Some(last) = items.last() else { return Ok(()) };
            after = Some(Position { created_at: last.row.created_at, id: last.row.id.to_bytes() });
            for view in &items {
                let proved = Verification::of(self.prove_batch(org, view.row.id).await)?;
                finding.proved(org, OffenceSubject::Batch(view.row.id), proved.disagreement.as_ref());
            }
            looked(items.len() as u64);
        }
    }

    async fn prove_segments(
        &self,
        org: &OrgId,
        finding: &mut Finding,
        looked: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), OpError> {
        let last = self.store().read(org).await?.last_segment().await?.map_or(0, |last| last.segment);
        for number in 1..=last {
            let proved = match Verification::of(self.prove_segment(org, number).await) {
                // Between two that are stored: the later one tells that it is missing.
                Err(OpError::NotFound { .. }) => continue,
                proved => proved?,
            };
            finding.proved(org, OffenceSubject::Segment(number), proved.disagreement.as_ref());
            looked(1);
        }
        Ok(())
    }

    async fn prove_ended_runs(
        &self,
        org: &OrgId,
        finding: &mut Finding,
        looked: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), OpError> {
        let mut after = None;
        loop {
            let ended = self.store().read(org).await?.list_ended(after, LAST, RUNS_PAGE).await?;
            let Some(last) = ended.last() else { return Ok(()) };
            after = Some(last.place());
            // Of one page alone: an org may have any number of templates.
            let mut templates = ProvedTemplates::new();
            for window in ended.chunks(RUNS_WINDOW) {
                let ids: Vec<RunId> = window.iter().map(|run| run.run).collect();
                for (id, proved) in self.prove_window(org, &ids, &mut templates).await? {
                    finding.proved(org, OffenceSubject::Run(id), proved.disagreement.as_ref());
                }
                looked(ids.len() as u64);
            }
        }
    }

    /// Proves runs together, and one by one where one of them cannot be read: the offence is that one's alone.
    async fn prove_window(
        &self,
        org: &OrgId,
        ids: &[RunId],
        templates: &mut ProvedTemplates,
    ) -> Result<Vec<(RunId, Verification)>, OpError> {
        match self.prove_runs(org, ids, templates).await {
            Ok(proved) if proved.len() == ids.len() => Ok(ids.iter().copied().zip(proved).collect()),
            Ok(_) | Err(OpError::Store(StoreError::Corrupt { .. })) => {
                let mut each = Vec::with_capacity(ids.len());
                for id in ids {
                    let proved = self.prove_runs(org, &[*id], templates).await;
                    let proved = proved.and_then(|mut proved| proved.pop().ok_or(OpError::not_found("run")));
                    each.push((*id, Verification::of(proved)?));
                }
                Ok(each)
            }
            Err(error) => Err(error),
        }
    }
}
