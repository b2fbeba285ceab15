//! Single runs, filters and counts.

use stet_domain::mode::GroundingMode;
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::at;
use super::scene::Scene;
use crate::{PageRequest, RunFilter, RunsOf, StoreError};

/// Every item on one page.
const ALL: PageRequest = PageRequest { after: None, limit: 200 };

/// A single run stands alone, and lives as a cell does.
pub async fn a_single_run_is_kept(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let single = scene.sample.single(&template);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_single_run(&single).await?;
    tx.commit().await?;
    let run = scene.run(single.id).await?;
    assert_eq!((&run.inputs, run.output), (&single.inputs, None));
    let row = run.row;
    assert_eq!((row.batch, row.template, row.status), (None, template.id, RunStatus::Pending));
    assert_eq!((row.batch_run_index, row.locale_index, row.replicate_index), (0, 0, 0));
    assert_eq!((row.locale, row.grounding_mode), (single.locale, single.grounding_mode));
    assert_eq!((row.inputs_sha256, row.created_at), (single.inputs_sha256, single.created_at));
    scene.finish(&[single.id]).await?;
    assert_eq!(scene.run(single.id).await?.row.status, RunStatus::Succeeded);
    Ok(())
}

/// Every given field must match.
pub async fn filters_hold_together(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(2).await?;
    let (other, _) = scene.running(1).await?;
    scene.finish(&ids[..3]).await?;
    let output = scene.run(ids[1]).await?.row.end.and_then(|end| end.response_output_sha256);
    let of_batch = RunFilter::of_batch(batch.row.id);
    let (created, newer) = (batch.row.created_at, other.row.created_at);
    let cases = [
        (RunFilter::of_template(batch.row.template), 8),
        (RunFilter::all(RunsOf::BatchOfTemplate(batch.row.id, other.row.template)), 0),
        (RunFilter::all(RunsOf::BatchOfTemplate(other.row.id, other.row.template)), 4),
        (RunFilter { status: Some(RunStatus::Succeeded), ..of_batch.clone() }, 3),
        (RunFilter { status: Some(RunStatus::Pending), ..of_batch.clone() }, 5),
        (RunFilter { locale: Some("fr-FR".to_owned()), ..of_batch.clone() }, 4),
        (RunFilter { grounding_mode: Some(GroundingMode::Required), ..of_batch.clone() }, 4),
        (RunFilter { response_output_sha256: output, ..of_batch.clone() }, 1),
        (RunFilter { model_version_effective: Some("gpt-5-2025-08-07".to_owned()), ..of_batch.clone() }, 3),
        (RunFilter { created_from: Some(newer), ..RunFilter::of_batch(other.row.id) }, 4),
        (RunFilter { created_from: Some(newer), ..of_batch.clone() }, 0),
        (RunFilter { created_before: Some(newer), ..of_batch.clone() }, 8),
        (RunFilter { created_before: Some(newer), ..RunFilter::of_batch(other.row.id) }, 0),
        (RunFilter { created_from: Some(created), created_before: Some(created), ..of_batch.clone() }, 0),
        (RunFilter { created_from: Some(at(-1)), created_before: Some(newer.plus_ms(1)), ..of_batch }, 8),
    ];
    let mut tx = scene.store.read(&scene.org).await?;
    for (filter, expected) in cases {
        let page = tx.list_runs(&filter, ALL).await?;
        assert_eq!((page.items.len(), page.next), (expected, None), "{filter:?}");
        let counted: u64 = tx.count_runs(&filter).await?.iter().map(|(_, count)| count).sum();
        assert_eq!(usize::try_from(counted).ok(), Some(expected), "{filter:?}");
        for row in page.items {
            assert_eq!(Some(&row), tx.get_run(row.id).await?.as_ref().map(|run| &run.row));
        }
    }
    Ok(())
}

/// Counts name each state that holds a run.
pub async fn counts_follow_the_filter(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(2).await?;
    scene.finish(&ids[..3]).await?;
    scene.claim(&ids[3..4], super::scene::LONG_SECONDS).await?;
    let of_batch = RunFilter::of_batch(batch.row.id);
    let of_template = RunFilter::of_template(batch.row.template);
    let mut tx = scene.store.read(&scene.org).await?;
    for filter in [of_batch, of_template] {
        let counted = tx.count_runs(&filter).await?;
        let expected = [(RunStatus::Pending, 4), (RunStatus::Running, 1), (RunStatus::Succeeded, 3)];
        assert_eq!(counted, expected, "{filter:?}");
    }
    Ok(())
}
