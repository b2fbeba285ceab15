//! Two orgs: what one has, the other cannot tell from what does not exist.

use stet_domain::ids::{BatchId, RunId, TemplateId};
use stet_domain::run::RunStatus;
use stet_ops::{OpError, PreflightEnd, PreflightLock};
use stet_store::RunFilter;
use ulid::Ulid;

use crate::fixture::{FIRST_PAGE, MODEL, World, admin, grid, observed, org, probe, single, stranger, worker};

fn absent<T: std::fmt::Debug>(result: Result<T, OpError>) -> String {
    match result {
        Err(error @ OpError::NotFound { .. }) => error.to_string(),
        other => panic!("found: {other:?}"),
    }
}

#[tokio::test]
async fn a_foreign_id_answers_as_one_that_does_not_exist() {
    let world = World::new().await;
    let ops = &world.ops;
    let batch = world.running_batch().await;
    let template = ops.get_batch(&admin(), batch).await.unwrap().row.template;
    let run = ops.submit_run(&admin(), template, &single(), None).await.unwrap().value.row.id;
    let (no_template, no_batch, no_run) = (TemplateId(Ulid(1)), BatchId(Ulid(1)), RunId(Ulid(1)));
    let who = stranger();

    for id in [template, no_template] {
        assert_eq!(absent(ops.get_template(&who, id).await), "there is no such template");
        absent(ops.verify_template(&who, id).await);
        absent(ops.diff_templates(&who, id, id).await);
        absent(ops.plan_batch(&who, id, &grid()).await);
        absent(ops.submit_batch(&who, id, &grid(), None).await);
        absent(ops.submit_run(&who, id, &single(), None).await);
        let filter = RunFilter::of_template(id);
        absent(ops.list_runs(&who, &filter, FIRST_PAGE).await);
        absent(ops.load_template(&org("other"), id).await);
    }
    for id in [batch, no_batch] {
        assert_eq!(absent(ops.get_batch(&who, id).await), "there is no such batch");
        let filter = RunFilter::of_batch(id);
        absent(ops.list_runs(&who, &filter, FIRST_PAGE).await);
    }
    for id in [run, no_run] {
        assert_eq!(absent(ops.get_run(&who, id).await), "there is no such run");
        absent(ops.list_attempts(&who, id).await);
        absent(ops.verify_run(&who, id).await);
        absent(ops.wait_run(&who, id, std::time::Duration::ZERO).await);
    }
    assert!(ops.list_templates(&who, FIRST_PAGE).await.unwrap().items.is_empty());
    assert!(ops.list_batches(&who, FIRST_PAGE).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn execution_reaches_its_own_org_alone() {
    let world = World::new().await;
    let ops = &world.ops;
    let batch = world.running_batch().await;
    let (here, there) = (org("default"), org("other"));
    let due = world.due().await;
    assert!(due.iter().all(|run| run.org == here));
    let ids: Vec<_> = due.into_iter().map(|run| run.id).collect();
    assert!(ops.claim_runs(&there, &ids, &worker(), u32::MAX).await.unwrap().is_empty());
    let claimed = ops.claim_runs(&here, &ids, &worker(), u32::MAX).await.unwrap();
    let leases: Vec<_> = claimed.iter().map(|run| (run.row.id, run.row.fence)).collect();
    assert!(ops.renew_leases(&there, &leases).await.unwrap().renewed.is_empty());
    let result = world.result(&claimed[0], MODEL, "x").await;
    let mut commit = ops.seal_run(&claimed[0], result).unwrap();
    commit.batch = None;
    assert!(ops.commit_runs(&there, &[commit]).await.unwrap().written.is_empty());
    let row = ops.get_run(&admin(), claimed[0].row.id).await.unwrap().row;
    assert_eq!(row.status, RunStatus::Running);

    let template = ops.get_batch(&admin(), batch).await.unwrap().row.template;
    let second = ops.submit_batch(&admin(), template, &grid(), None).await.unwrap().value.row.id;
    assert_eq!(ops.claim_preflight(&there, second, &worker()).await.unwrap(), None);
    let claim = ops.claim_preflight(&here, second, &worker()).await.unwrap().unwrap();
    let end = PreflightEnd::Locked(PreflightLock::of(observed(MODEL)));
    assert!(!ops.finish_preflight(&there, &claim, end, vec![probe()]).await.unwrap());
}

#[tokio::test]
async fn the_same_content_is_a_template_in_each_org() {
    let world = World::new().await;
    let new = crate::fixture::template("one", "a?");
    let here = world.ops.create_template(&admin(), &new, None).await.unwrap();
    let there = world.ops.create_template(&stranger(), &new, None).await.unwrap();
    assert_eq!(here.how, there.how);
    assert_ne!(here.value.id, there.value.id);
    assert_eq!(here.value.template_sha256, there.value.template_sha256);
}
