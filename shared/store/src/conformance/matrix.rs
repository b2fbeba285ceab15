//! What a batch brought, by locale, mode and lock epoch.

use stet_domain::Digest;
use stet_domain::drift::DriftKind;
use stet_domain::ids::RunId;
use stet_domain::mode::GroundingMode;
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::{LOCALES, MODES, at, citation};
use super::scene::{LONG_SECONDS, Scene};
use crate::{CommitRow, MatrixRow, Rerun, StoreError};

/// Of a batch of 4 × 4 cells, the first two places have answered, of the third nothing has begun, and of the fourth one cell was run again under
/// a second lock epoch.
pub async fn what_cells_brought_is_summed_up(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(4).await?;
    let id = batch.row.id;
    let empty = scene.store.read(&scene.org).await?.list_matrix(id).await?;
    let open: Vec<_> = empty.iter().map(|row| (row.lock_epoch, row.open(), row.modal_share())).collect();
    assert_eq!(open, [(None, 4, None); 4]);

    answer(&mut scene, &ids[..8], |place, commit| match place {
        0..=2 => commit.end.response_output_sha256 = Some(Digest::of(&[u8::from(place == 1)])),
        3 => {
            commit.status = RunStatus::Failed;
            commit.end.output_json_valid = Some(false);
        }
        4 => cites(commit, &["a.example", "b.example", "a.example"]),
        5 => cites(commit, &["a.example"]),
        6 => cites(commit, &["c.example", "a.example"]),
        _ => {
            commit.status = RunStatus::Quarantined;
            cites(commit, &["d.example"]);
        }
    })
    .await?;
    answer(&mut scene, &ids[12..13], |_, commit| commit.status = RunStatus::Failed).await?;
    scene.take_epoch(id, 2).await?;
    let rerun = Rerun { run: RunId(scene.sample.ulid()), follows: ids[12] };
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_reruns(id, &[rerun], at(9), (1, 0)).await?;
    tx.commit().await?;
    answer(&mut scene, &[rerun.run], |_, commit| {
        commit.end.drift_kind = Some(DriftKind::EchoChanged);
    })
    .await?;

    let rows = scene.store.read(&scene.org).await?.list_matrix(id).await?;
    let places: Vec<_> = rows.iter().map(place).collect();
    let (german, french) = (LOCALES[0], LOCALES[1]);
    let (plain, required) = (MODES[0], MODES[1]);
    assert_eq!(
        places,
        [
            (german, plain, Some(1), [4, 3, 1, 0, 0]),
            (german, required, Some(1), [4, 3, 0, 1, 0]),
            (french, plain, None, [4, 0, 0, 0, 0]),
            (french, required, None, [3, 0, 0, 0, 0]),
            (french, required, Some(2), [1, 1, 0, 0, 1]),
        ]
    );
    assert_eq!(
        (rows[0].distinct_outputs, rows[0].modal_output, rows[0].modal_runs),
        (2, Some(Digest::of(&[0])), 2)
    );
    assert_eq!(
        (rows[0].modal_share(), rows[0].json_valid_rate(), rows[0].grounded_rate()),
        (Some(2.0 / 3.0), Some(0.75), Some(0.0))
    );
    assert_eq!((rows[1].citing, rows[1].distinct_domains, rows[1].domain_agreement()), (3, 3, Some(0.6)));
    assert_eq!(rows[1].grounded_rate(), Some(1.0));
    assert_eq!(
        (rows[2].modal_share(), rows[2].grounded_rate(), rows[2].domain_agreement()),
        (None, None, None)
    );
    assert_eq!((rows[4].citing, rows[4].domain_agreement()), (1, None));
    let other = super::sample::org("bravo");
    scene.store.ensure_org(&other, at(0)).await?;
    assert_eq!(scene.store.read(&other).await?.list_matrix(id).await?, []);
    Ok(())
}

/// Succeeded, failed, quarantined, … of a place, and where it is.
fn place(row: &MatrixRow) -> (&str, GroundingMode, Option<i64>, [u64; 5]) {
    let counts = [row.replicates, row.succeeded, row.failed, row.quarantined, row.drifted];
    (&row.locale, row.grounding_mode, row.lock_epoch, counts)
}

/// Claims runs and records what `change` makes of a success.
async fn answer(
    scene: &mut Scene<'_>,
    ids: &[RunId],
    change: impl Fn(usize, &mut CommitRow),
) -> Result<(), StoreError> {
    let claimed = scene.claim(ids, LONG_SECONDS).await?;
    assert_eq!(claimed.len(), ids.len());
    let mut commits = Vec::new();
    for claim in &claimed {
        let place = ids.iter().position(|id| *id == claim.row.id).expect("one of those that were asked for");
        let mut commit = scene.sample.success(claim.row.id, claim.row.fence);
        change(place, &mut commit);
        commits.push(commit);
    }
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.commit_runs(&commits).await?.written.len(), ids.len());
    tx.commit().await
}

/// Grounded, on those domains.
fn cites(commit: &mut CommitRow, domains: &[&str]) {
    commit.end.grounded_effective = Some(true);
    commit.end.why_not_grounded = None;
    commit.output.citations = domains
        .iter()
        .map(|domain| {
            let mut cited = citation("https://example.com/");
            cited.domain = Some((*domain).to_owned());
            cited
        })
        .collect();
}
