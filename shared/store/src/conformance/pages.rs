//! Keyset pages: every item once, newest first, whatever is written meanwhile.

use super::Bed;
use super::scene::{Scene, run_ids};
use crate::{BatchView, PageRequest, RunFilter, StoreError};

/// Templates, two a page.
pub async fn templates_page_without_loss(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.insert(0, scene.template().await?);
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let mut tx = scene.store.read(&scene.org).await?;
        let page = tx.list_templates(PageRequest { after, limit: 2 }).await?;
        assert!(!page.items.is_empty() && page.items.len() <= 2);
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    Ok(())
}

/// Cells of one batch share their creation, so the id decides; what is written during the walk is newer and does not shift it.
pub async fn runs_page_without_loss_under_inserts(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let batch = scene.new_batch(&template, 5).await?;
    let mut all = run_ids(&batch);
    all.extend(run_ids(&scene.new_batch(&template, 1).await?));
    let of_batch = RunFilter::of_batch(batch.row.id);
    let of_template = RunFilter::of_template(template.id);
    for filter in [of_batch, of_template] {
        let mut expected = if filter.batch().is_some() { run_ids(&batch) } else { all.clone() };
        expected.reverse();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let mut tx = scene.store.read(&scene.org).await?;
            let page = tx.list_runs(&filter, PageRequest { after, limit: 7 }).await?;
            drop(tx);
            seen.extend(page.items.iter().map(|run| run.id));
            after = page.next;
            if after.is_none() {
                break;
            }
            all.push(scene.single(&template).await?);
        }
        assert_eq!(seen, expected, "{filter:?}");
    }
    Ok(())
}

/// Batches, with everything that a reader sees of each.
pub async fn batches_page_without_loss(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.insert(0, scene.running(1).await?.0.row.id);
    }
    let mut tx = scene.store.read(&scene.org).await?;
    let first = tx.list_batches(PageRequest { after: None, limit: 2 }).await?;
    let second = tx.list_batches(PageRequest { after: first.next, limit: 2 }).await?;
    assert_eq!(second.next, None);
    let views: Vec<_> = first.items.into_iter().chain(second.items).collect();
    assert_eq!(views.iter().map(|view| view.row.id).collect::<Vec<_>>(), expected);
    for view in views {
        assert_eq!(view.locks.len(), 1);
        let one = tx.get_batch(view.row.id).await?.expect("it stands");
        assert_eq!(one.canary_looks.len(), 1);
        assert_eq!(BatchView { canary_looks: Vec::new(), ..one }, view, "lists leave the looks out");
    }
    Ok(())
}
