//! Leases: renewed, and given back (reliability.md rules 3 and 12).

use stet_domain::attempt::AttemptOutcome;
use stet_domain::ids::Fence;
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::at;
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene};
use crate::{ReleaseRow, Renewals, StoreError};

/// A renewed lease is not expired any more.
pub async fn renewing_holds_the_lease(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claims: Vec<_> =
        scene.claim(&ids, OVER_SECONDS).await?.iter().map(|c| (c.row.id, c.row.fence)).collect();
    assert_eq!(scene.store.expired_runs(10).await?.len(), 4);
    let mut tx = scene.store.begin(&scene.org).await?;
    let mut renewed = tx.renew_leases(&claims[1..], LONG_SECONDS).await?.renewed;
    tx.commit().await?;
    renewed.sort_unstable();
    assert_eq!(renewed, ids[1..]);
    assert_eq!(scene.store.expired_runs(10).await?, [(scene.org.clone(), ids[0])]);
    Ok(())
}

/// A lease that has passed on is not renewed.
pub async fn a_stale_fence_renews_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..1], OVER_SECONDS).await?;
    let fence = claimed[0].row.fence;
    let mut tx = scene.store.begin(&scene.org).await?;
    let stale = [(ids[0], Fence(fence.0 + 1)), (ids[0], Fence(fence.0 - 1)), (ids[1], fence)];
    assert_eq!(tx.renew_leases(&stale, LONG_SECONDS).await?, Renewals::default());
    assert_eq!(tx.sweep_runs(&ids, 3).await?.poisoned, []);
    assert_eq!(tx.renew_leases(&[(ids[0], fence)], LONG_SECONDS).await?, Renewals::default());
    tx.commit().await?;
    assert_eq!(scene.run(ids[0]).await?.row.status, RunStatus::Pending);
    Ok(())
}

/// A run that is given back is due at once, has burned nothing, and its old fence is worth nothing.
pub async fn a_released_run_burns_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..2], LONG_SECONDS).await?;
    let fence = claimed[0].row.fence;
    let release = ReleaseRow { run: ids[0], fence, at: at(70) };
    let stale = ReleaseRow { run: ids[1], fence: Fence(fence.0 + 1), at: at(70) };
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.release_runs(&[stale, release]).await?, [ids[0]]);
    assert_eq!(tx.release_runs(&[release]).await?, []);
    let late = scene.sample.success(ids[0], fence);
    assert_eq!(tx.commit_runs(&[late]).await?.fenced, [ids[0]]);
    tx.commit().await?;
    let row = scene.run(ids[0]).await?.row;
    assert_eq!((row.status, row.retry_index, row.crash_count), (RunStatus::Pending, 0, 0));
    assert!(row.fence > fence);
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    assert_eq!(
        (attempts[0].outcome, attempts[0].finished_at),
        (Some(AttemptOutcome::Released), Some(at(70)))
    );
    let again = scene.claim(&ids[..1], LONG_SECONDS).await?;
    assert!(again[0].row.fence > row.fence);
    Ok(())
}
