//! The invariants that rows tell of.

use stet_domain::ids::{BatchId, OrgId, RunId};
use stet_store::{Check, CheckWindow, Subject};

use super::{Finding, Moment, OFFENCES_TOLD, Offence, OffenceSubject};
use crate::{OpError, Ops};

/// Rows that one statement looks at: its snapshot lasts well below a second.
const WINDOW: u32 = 20_000;

impl Ops {
    /// Holds the rows of an org against the invariants I1–I9, in windows of one snapshot each; `looked` hears the check and how many rows its window held. What was written
    /// in one transaction agrees in every snapshot, so that this may run while work goes on.
    ///
    /// # Errors
    /// [`OpError::Store`]. A violation is no error but what the answer tells.
    pub async fn audit_rows(
        &self,
        org: &OrgId,
        moment: Moment,
        mut looked: impl FnMut(Check, u64) + Send,
    ) -> Result<Vec<Finding>, OpError> {
        let mut findings: Vec<Finding> = Vec::new();
        for check in Check::ALL.iter().filter(|check| moment.judges(**check)) {
            let found = self.audit_by(org, *check, &mut looked).await?;
            match findings.iter_mut().find(|finding| finding.invariant == found.invariant) {
                Some(finding) => finding.add(found),
                None => findings.push(found),
            }
        }
        Ok(findings)
    }

    async fn audit_by(
        &self,
        org: &OrgId,
        check: Check,
        looked: &mut (impl FnMut(Check, u64) + Send),
    ) -> Result<Finding, OpError> {
        let mut finding = Finding::nothing(check.invariant());
        let mut after = None;
        loop {
            let told = OFFENCES_TOLD.saturating_sub(finding.offences.len());
            let window = CheckWindow { after, width: WINDOW, first: u32::try_from(told).unwrap_or(u32::MAX) };
            let checked = self.store().read(org).await?.check(check, window).await?;
            let Some(last) = checked.last else { return Ok(finding) };
            after = Some(last);
            finding.looked += checked.looked;
            finding.violations += checked.violations;
            finding.offences.extend(checked.first.into_iter().map(|id| Offence {
                org: org.clone(),
                subject: subject(check, id),
                disagreement: None,
            }));
            looked(check, checked.looked);
        }
    }
}

const fn subject(check: Check, id: [u8; 16]) -> OffenceSubject {
    match check.subject() {
        Subject::Run => OffenceSubject::Run(RunId::from_bytes(id)),
        Subject::Batch => OffenceSubject::Batch(BatchId::from_bytes(id)),
    }
}
