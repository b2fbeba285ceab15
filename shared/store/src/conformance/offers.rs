//! What waits, by provider: runs of one whose gate is closed are not seen by who asks for the others.

use stet_domain::Provider;
use stet_domain::ids::{OrgId, RunId};

use super::Bed;
use super::sample::org;
use super::scene::{LONG_SECONDS, Scene, run_ids};
use crate::{NewBatch, OfferedRun, StoreError, TemplateRow, Wanted};

fn wanted(providers: &[Provider], limit: u32) -> Wanted {
    Wanted { providers: providers.to_vec(), after: None, limit }
}

async fn template_of(scene: &mut Scene<'_>, provider: Provider) -> Result<TemplateRow, StoreError> {
    let row = TemplateRow { provider, ..scene.sample.template(&scene.org) };
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_template(&row).await?;
    tx.commit().await?;
    Ok(row)
}

async fn running_of(scene: &mut Scene<'_>, provider: Provider) -> Result<NewBatch, StoreError> {
    let template = template_of(scene, provider).await?;
    let batch = scene.new_batch(&template, 1).await?;
    scene.start(batch.row.id).await?;
    Ok(batch)
}

/// Cells, single runs, preflights and the next moment are those of the wanted providers.
pub async fn only_the_wanted_providers_work_is_offered(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let openai = running_of(&mut scene, Provider::OpenAi).await?;
    let gemini = running_of(&mut scene, Provider::Gemini).await?;
    let template = template_of(&mut scene, Provider::Gemini).await?;
    let single = scene.single(&template).await?;
    let waiting = scene.new_batch(&template, 1).await?;
    let store = scene.store;

    let of_openai = store.offered_runs(&wanted(&[Provider::OpenAi], 100)).await?;
    assert_eq!(of_openai.iter().map(|run| run.id).collect::<Vec<_>>(), run_ids(&openai));
    let of_gemini = store.offered_runs(&wanted(&[Provider::Gemini, Provider::Vertex], 100)).await?;
    let first = OfferedRun {
        org: scene.org.clone(),
        id: single,
        batch: None,
        template: template.id,
        provider: Provider::Gemini,
    };
    assert_eq!(of_gemini[0], first);
    assert_eq!(of_gemini[1..].iter().map(|run| run.id).collect::<Vec<_>>(), run_ids(&gemini));
    assert!(of_gemini[1..].iter().all(|run| run.batch == Some(gemini.row.id)
        && run.template == gemini.row.template
        && run.provider == Provider::Gemini));
    assert_eq!(store.offered_runs(&wanted(&[Provider::Vertex], 100)).await?, []);
    assert_eq!(store.offered_runs(&wanted(&[], 100)).await?, []);
    assert_eq!(store.offered_runs(&Wanted::all(100)).await?.len(), 9);

    let preflights = store.offered_preflights(&wanted(&[Provider::Gemini], 10)).await?;
    assert_eq!(preflights.len(), 1);
    assert_eq!((preflights[0].batch, preflights[0].provider), (waiting.row.id, Provider::Gemini));
    assert_eq!(store.offered_preflights(&wanted(&[Provider::OpenAi], 10)).await?, []);

    scene.claim(&run_ids(&openai), LONG_SECONDS).await?;
    assert_eq!(store.next_offer(&[Provider::OpenAi, Provider::Vertex]).await?, None);
    let now = store.now().await?;
    assert!(store.next_offer(&[Provider::Gemini]).await?.is_some_and(|next| next <= now));
    Ok(())
}

/// Of more orgs than are asked for, those behind a given one come first, and the others after them.
pub async fn a_look_can_begin_behind_an_org(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let names = ["acme", "bravo", "charlie", "delta"];
    for name in names {
        scene.act_as(name).await?;
        running_of(&mut scene, Provider::OpenAi).await?;
    }
    for (after, expected) in [
        (None, ["acme", "bravo", "charlie"]),
        (Some("bravo"), ["charlie", "delta", "acme"]),
        (Some("delta"), ["acme", "bravo", "charlie"]),
    ] {
        let look = Wanted { after: after.map(org), ..wanted(&[Provider::OpenAi], 3) };
        let offered = scene.store.offered_runs(&look).await?;
        let orgs: Vec<&OrgId> = offered.iter().map(|run| &run.org).collect();
        assert_eq!(orgs, expected.map(org).each_ref(), "{after:?}");
    }
    Ok(())
}

/// Of what is hinted at, the runs that may be claimed come back, each once, and nothing of an org that does not have them.
pub async fn hinted_runs_are_those_that_may_be_claimed(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let running = running_of(&mut scene, Provider::OpenAi).await?;
    let ids = run_ids(&running);
    let template = template_of(&mut scene, Provider::OpenAi).await?;
    let single = scene.single(&template).await?;
    let waiting = scene.new_batch(&template, 1).await?;
    let store = scene.store;
    let first: Vec<RunId> = store.begin(&scene.org).await?.waiting_cells(running.row.id, 3).await?;
    assert_eq!(first, ids[..3]);
    assert_eq!(store.begin(&org("bravo")).await?.waiting_cells(running.row.id, 3).await?, []);

    let of = |org: &OrgId, ids: &[RunId]| -> Vec<(OrgId, RunId)> {
        ids.iter().map(|id| (org.clone(), *id)).collect()
    };
    let all = [of(&scene.org, &ids), of(&scene.org, &[single, ids[0]]), of(&scene.org, &run_ids(&waiting))]
        .concat();
    let found = store.hinted_runs(&all, &[Provider::OpenAi]).await?;
    let mut expected = [ids.as_slice(), &[single]].concat();
    expected.sort_unstable();
    let mut got: Vec<RunId> = found.iter().map(|run| run.id).collect();
    got.sort_unstable();
    assert_eq!(got, expected, "each once, and none of a batch that has not begun");
    assert!(found.iter().all(|run| run.org == scene.org && run.provider == Provider::OpenAi));
    assert_eq!(store.hinted_runs(&all, &[Provider::Gemini]).await?, []);
    assert_eq!(store.hinted_runs(&of(&org("bravo"), &ids), &[Provider::OpenAi]).await?, []);
    assert_eq!(store.hinted_runs(&[], &[Provider::OpenAi]).await?, []);

    scene.claim(&ids, LONG_SECONDS).await?;
    let left = store.hinted_runs(&all, &[Provider::OpenAi]).await?;
    assert_eq!(left.iter().map(|run| run.id).collect::<Vec<_>>(), [single], "what is claimed is not offered");
    Ok(())
}
