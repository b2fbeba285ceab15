//! Several processes on one server.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use stet_domain::batch::BatchStatus;
use stet_domain::ids::RunId;
use stet_domain::run::RunStatus;
use stet_store::conformance::Bed as _;
use stet_store::conformance::sample::{at, control, worker};
use stet_store::conformance::scene::{LONG_SECONDS, Scene, run_ids};
use stet_store::{LastLives, Patience, Renewals, Rerun, Store as _, StoreError};
use stet_testkit::{Login, TempPostgres, Way};

/// Claims that one process makes.
const CLAIMS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_at_once_never_pass_the_bound_of_a_batch() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let template = scene.template().await.unwrap();
    let mut batch = scene.sample.batch(&template, 25);
    batch.row.max_parallel = Some(7);
    scene.insert(&batch).await.unwrap();
    scene.start(batch.row.id).await.unwrap();
    let ids = run_ids(&batch);
    let mut claimants = tokio::task::JoinSet::new();
    for index in 0..CLAIMS {
        let engine = bed.process(Way::Straight, Login::Worker).await;
        let (org, wanted) = (scene.org.clone(), ids[index * 3..].to_vec());
        claimants.spawn(async move {
            let mut tx = engine.begin(&org).await?;
            let claimed =
                tx.claim_runs(&wanted, &worker(&index.to_string()), LONG_SECONDS, LastLives::ANY).await?;
            tx.commit().await?;
            engine.close().await;
            Ok::<_, StoreError>(claimed.into_iter().map(|run| run.row.id).collect::<Vec<_>>())
        });
    }
    let mut claimed = Vec::new();
    while let Some(done) = claimants.join_next().await {
        claimed.extend(done.unwrap().unwrap());
    }
    assert_eq!(claimed.len(), 7);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 7, "each by one claimant");
    assert_eq!(bed.number("SELECT count(*) FROM runs WHERE status = 'running'").await, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_waits_for_claims_under_way_and_none_comes_after() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (batch, ids) = scene.running(5).await.unwrap();
    let id = batch.row.id;
    let mut claiming = bed.store().begin(&scene.org).await.unwrap();
    assert_eq!(
        claiming.claim_runs(&ids[..3], &worker("a"), LONG_SECONDS, LastLives::ANY).await.unwrap().len(),
        3
    );
    let (store, org) = (bed.store().clone(), scene.org.clone());
    let pause = tokio::spawn(async move {
        let mut tx = store.begin(&org).await?;
        let moved = tx.set_batch_control(id, BatchStatus::Running, &control(BatchStatus::Paused)).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(moved)
    });
    // It waits for the row that the claim has locked: the server says so.
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while bed.number(waits).await == 0 {
        assert!(!pause.is_finished(), "the pause did not wait for the claim");
        tokio::task::yield_now().await;
    }
    claiming.commit().await.unwrap();
    assert!(pause.await.unwrap().unwrap());
    assert_eq!(scene.claim(&ids[3..], LONG_SECONDS).await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_open_transaction_keeps_what_is_recorded_from_settling() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let template = scene.template().await.unwrap();
    let mut open = scene.store.begin(&scene.org).await.unwrap();
    open.insert_single_run(&scene.sample.single(&template)).await.unwrap();
    let before = scene.store.horizon().await.unwrap();
    scene.single(&template).await.unwrap();
    assert!(!scene.store.horizon().await.unwrap().has_settled(&before));
    open.commit().await.unwrap();
    assert!(scene.store.horizon().await.unwrap().next >= before.next);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_waits_for_no_commit() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (_, ids) = scene.running(1).await.unwrap();
    let claimed = scene.claim(&ids, LONG_SECONDS).await.unwrap();
    let claims: Vec<_> = claimed.iter().map(|claim| (claim.row.id, claim.row.fence)).collect();
    // One of them is being written, and its commit goes no further.
    let commit = scene.sample.success(claims[0].0, claims[0].1);
    let mut writing = bed.store().begin(&scene.org).await.unwrap();
    writing.commit_runs(&[commit]).await.unwrap();
    let mut renewing = bed.store().begin_renewal(&scene.org).await.unwrap();
    let renewal = renewing.renew_leases(&claims, LONG_SECONDS);
    let renewals =
        tokio::time::timeout(Duration::from_secs(5), renewal).await.expect("nobody is waited for").unwrap();
    renewing.commit().await.unwrap();
    assert_eq!(renewals.in_use, ids[..1]);
    assert_eq!(renewals.renewed.iter().collect::<BTreeSet<_>>(), ids[1..].iter().collect());
    writing.commit().await.unwrap();
    let mut renewing = bed.store().begin_renewal(&scene.org).await.unwrap();
    let renewals = renewing.renew_leases(&claims[..1], LONG_SECONDS).await.unwrap();
    assert_eq!(renewals, Renewals::default(), "what is written holds no lease");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patience_ends_a_wait_for_a_lock_and_one_for_a_connection() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (batch, _) = scene.running(1).await.unwrap();
    let id = batch.row.id;
    let mut holder = bed.store().begin(&scene.org).await.unwrap();
    assert!(holder.set_batch_control(id, BatchStatus::Running, &control(BatchStatus::Paused)).await.unwrap());
    let started = Instant::now();
    let refused = Patience::bounded(Duration::from_millis(600), async {
        let mut tx = bed.store().begin(&scene.org).await?;
        tx.set_batch_control(id, BatchStatus::Running, &control(BatchStatus::Paused)).await
    });
    assert!(matches!(refused.await, Err(StoreError::Unavailable { .. })));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    // Every connection is taken: whoever has no patience left is told so.
    let mut taken = Vec::new();
    while let Ok(tx) = Patience::bounded(Duration::from_secs(1), bed.store().begin(&scene.org)).await {
        taken.push(tx);
    }
    let refused = Patience::bounded(Duration::from_millis(300), bed.store().begin(&scene.org)).await;
    assert!(matches!(refused.map(drop), Err(StoreError::Unavailable { .. })));
    drop((taken, holder));
    // Who sets no bound waits as ever.
    bed.store().begin(&scene.org).await.unwrap();
}

/// Cells are put back between the moment as of which a completion looks and the one at which it has its batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_whose_cells_are_put_back_meanwhile_is_not_completed() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let mut batches = Vec::new();
    for _ in 0..2 {
        let (batch, ids) = scene.running(1).await.unwrap();
        let claimed = scene.claim(&ids, LONG_SECONDS).await.unwrap();
        let ends: Vec<_> =
            claimed.iter().map(|run| scene.sample.failure(run.row.id, run.row.fence)).collect();
        let mut tx = bed.store().begin(&scene.org).await.unwrap();
        tx.commit_runs(&ends).await.unwrap();
        tx.commit().await.unwrap();
        batches.push(batch.row.id);
    }
    batches.sort();
    let (first, second) = (batches[0], batches[1]);
    // Somebody is at the first, which a completion of both waits for.
    let mut holder = bed.superuser().begin().await.unwrap();
    sqlx::query("SELECT 1 FROM batch_controls WHERE batch_id = $1 FOR NO KEY UPDATE")
        .bind(first.to_bytes().to_vec())
        .execute(&mut *holder)
        .await
        .unwrap();
    let (store, org) = (bed.store().clone(), scene.org.clone());
    let completion = tokio::spawn(async move {
        let mut tx = store.begin(&org).await?;
        let completed = tx.complete_batches(&[first, second], at(9)).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(completed)
    });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while bed.number(waits).await == 0 {
        assert!(!completion.is_finished(), "the completion did not wait");
        tokio::task::yield_now().await;
    }
    let mut tx = bed.store().begin(&scene.org).await.unwrap();
    assert!(tx.hold_batch(second).await.unwrap());
    let failed = tx.list_reruns(second, &[RunStatus::Failed]).await.unwrap();
    let rerun = Rerun { run: RunId(scene.sample.ulid()), follows: failed[0] };
    tx.insert_reruns(second, &[rerun], at(9), (1, 0)).await.unwrap();
    tx.commit().await.unwrap();
    holder.commit().await.unwrap();
    assert_eq!(completion.await.unwrap().unwrap(), [first]);
    let open = "SELECT count(*) FROM runs AS r JOIN batch_controls AS c USING (org_id, batch_id)
        WHERE r.status = 'pending' AND c.status = 'completed'";
    assert_eq!(bed.number(open).await, 0);
}

/// A process that stands still in a transaction stops others for seconds, and what it holds is taken from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_long_for_who_stands_still() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (batch, ids) = scene.running(1).await.unwrap();
    let id = batch.row.id;
    let mut still = bed.store().begin(&scene.org).await.unwrap();
    assert!(still.set_batch_control(id, BatchStatus::Running, &control(BatchStatus::Paused)).await.unwrap());
    let started = Instant::now();
    let claim = || Patience::bounded(Duration::from_secs(2), scene.claim(&ids, LONG_SECONDS));
    let refused = claim().await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    let claimed = loop {
        match claim().await {
            Ok(claimed) => break claimed,
            Err(StoreError::Unavailable { .. }) => assert!(started.elapsed() < Duration::from_secs(30)),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(claimed.len(), ids.len(), "its pause was never there");
    let ended = still.commit().await;
    assert!(matches!(ended, Err(StoreError::Unavailable { .. })), "{ended:?}");
}
