//! The audit of the rows (reliability.md, "Invariants"): what is broken is said aloud, and nothing is mended.

use stet_domain::metric::Metric;
use stet_ops::{Finding, Moment, OpError, Ops};

/// Holds the rows of every org against the invariants. Hashes and HMACs are `stet audit`'s to recompute: that takes as long as there are records.
pub(crate) async fn round(ops: &Ops) -> Result<(), OpError> {
    let (mut looked, mut violations) = (0, 0);
    for org in ops.audited_orgs().await? {
        for finding in ops.audit_rows(&org, Moment::AtWork, |_check, _rows| {}).await? {
            looked += finding.looked;
            violations += finding.violations;
            report(&finding);
        }
    }
    metrics::counter!(Metric::AuditsDone.name()).increment(1);
    tracing::debug!(looked, violations, "the rows were audited");
    Ok(())
}

fn report(finding: &Finding) {
    let invariant = finding.invariant;
    metrics::counter!(Metric::AuditViolations.name(), "invariant" => invariant.name())
        .increment(finding.violations);
    if finding.violations == 0 {
        return;
    }
    tracing::error!(%invariant, violations = finding.violations, "an invariant is broken: {}", invariant.says());
    for offence in &finding.offences {
        tracing::error!(%invariant, org = %offence.org, what = %offence.subject, "breaks an invariant");
    }
}
