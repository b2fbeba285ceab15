//! Leases: renewed, and given back.

use std::collections::HashSet;

use serde::Serialize;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::ids::{Fence, RunId};
use stet_store::{ReleaseRow, Renewals, StoreError};

use super::attempt::{AttemptEnd, end_attempts};
use super::params::{Hex, pack};
use super::sweep::cancel_ended;
use super::{ClaimKey, Columns, Transaction, queries, read_ids, read_key};

#[derive(Serialize)]
struct Held {
    run: Hex<[u8; 16]>,
    fence: i64,
}

fn held((run, fence): ClaimKey) -> Held {
    Held { run: Hex(run.to_bytes()), fence: fence.0 }
}

pub(super) async fn renew_leases(
    tx: &mut Transaction,
    claims: &[(RunId, Fence)],
    lease_seconds: u32,
) -> Result<Renewals, StoreError> {
    let claims = pack(claims.iter().copied().map(held))?;
    let lease = i64::from(lease_seconds);
    let rows = tx.bulk_with(queries::RENEW_LEASES, claims, |query| query.bind(lease)).await?;
    let mut renewals = Renewals::default();
    for (id, row) in read_ids(&rows)?.into_iter().zip(&rows) {
        let renewed = Columns::of("runs", row).get::<i64>("renewed")? == 1;
        if renewed { renewals.renewed.push(id) } else { renewals.in_use.push(id) }
    }
    Ok(renewals)
}

pub(super) async fn release_runs(
    tx: &mut Transaction,
    releases: &[ReleaseRow],
) -> Result<Vec<RunId>, StoreError> {
    let claims = pack(releases.iter().map(|release| held((release.run, release.fence))))?;
    let rows = tx.bulk(queries::RELEASE_RUNS, claims).await?;
    let given_back = rows.iter().map(read_key).collect::<Result<HashSet<ClaimKey>, _>>()?;
    let ends: Vec<_> = releases
        .iter()
        .filter(|release| given_back.contains(&(release.run, release.fence)))
        .map(|release| AttemptEnd {
            run: release.run,
            fence: release.fence,
            finished_at: release.at,
            error_code: None,
            error_detail: None,
            exchanges: &[],
        })
        .collect();
    end_attempts(tx, &ends, |_| AttemptOutcome::Released).await?;
    let ids: Vec<RunId> = ends.iter().map(|end| end.run).collect();
    cancel_ended(tx, &ids).await?;
    Ok(ids)
}
