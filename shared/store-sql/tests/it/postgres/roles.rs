//! What each role may do, and what it may not.

use stet_store::conformance::Bed as _;
use stet_store::conformance::scene::{LONG_SECONDS, Scene};
use stet_store::{Store as _, StoreError};
use stet_store_sql::{Postgres, PostgresOptions};
use stet_testkit::{Login, TempPostgres, Way};

fn is_denied<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(error) if error.to_string().contains("permission denied"))
}

#[tokio::test]
async fn the_api_submits_and_executes_nothing() {
    let bed = TempPostgres::open().await;
    let api = bed.process(Way::Straight, Login::Api).await;
    let mut scene = Scene::open(&api).await.unwrap();
    let template = scene.template().await.unwrap();
    let batch = scene.new_batch(&template, 1).await.unwrap();
    let id = batch.row.id;
    assert!(scene.store.read(&scene.org).await.unwrap().get_batch(id).await.unwrap().is_some());
    assert!(is_denied(scene.start(id).await), "preflight is a worker's");
    assert!(is_denied(scene.claim(&[batch.cells[0].id], LONG_SECONDS).await));
    assert!(is_denied(scene.due_runs(1).await) && is_denied(api.expired_runs(1).await));
    let mut tx = scene.store.begin(&scene.org).await.unwrap();
    assert_eq!(tx.cancel_waiting_runs(id, stet_store::conformance::sample::at(1)).await.unwrap(), 4);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_worker_executes_and_submits_nothing() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (batch, ids) = scene.running(1).await.unwrap();
    let worker = bed.process(Way::Straight, Login::Worker).await;
    let mut there = Scene { store: &worker, org: scene.org.clone(), sample: scene.sample };
    there.finish(&ids).await.unwrap();
    let view = worker.read(&there.org).await.unwrap().get_batch(batch.row.id).await.unwrap().unwrap();
    assert_eq!(view.counters.succeeded, 4);
    assert!(is_denied(there.template().await));
    let template =
        worker.read(&there.org).await.unwrap().get_template(batch.row.template).await.unwrap().unwrap();
    assert!(is_denied(there.new_batch(&template, 1).await.map(drop)));
    assert!(is_denied(there.single(&template).await));
    assert!(is_denied(worker.read(&there.org).await.unwrap().list_api_keys().await));
    // A schedule submits in its maker's name, so that it is of those who submit.
    assert!(is_denied(worker.due_schedules(1).await));
    let at = stet_store::conformance::sample::at(0);
    assert!(is_denied(there.schedule(&batch.row.template, at).await));
    let key = "0123456789abcdef".parse().unwrap();
    assert!(is_denied(worker.find_api_key(&key).await), "a worker answers no client");
}

#[tokio::test]
async fn a_role_that_passes_tenancy_by_is_told() {
    let bed = TempPostgres::open().await;
    for (login, passes) in
        [(Login::Both, false), (Login::Api, false), (Login::Worker, false), (Login::Superuser, true)]
    {
        let engine = bed.process(Way::Straight, login).await;
        let privileges = engine.privileges().await.unwrap();
        assert_eq!(privileges.passes_tenancy(), passes, "{privileges:?}");
    }
    // An owner that is no superuser passes it by, too.
    sqlx::raw_sql("CREATE ROLE stet_test_owner LOGIN IN ROLE stet_owner")
        .execute(bed.superuser())
        .await
        .unwrap();
    let url = bed.url(Way::Straight, Login::Both).replace("stet_test@", "stet_test_owner@");
    let engine = Postgres::open(&url, None, &PostgresOptions::default()).await.unwrap();
    let privileges = engine.privileges().await.unwrap();
    assert!(privileges.owns_tables && !privileges.superuser && !privileges.bypasses_rls, "{privileges:?}");
    engine.close().await;
    sqlx::raw_sql("DROP ROLE stet_test_owner").execute(bed.superuser()).await.unwrap();
}

#[tokio::test]
async fn without_an_org_nothing_is_seen_or_written() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    scene.running(1).await.unwrap();
    for table in ["runs", "templates", "batches", "attempts", "preflight_attempts", "orgs"] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let seen: i64 = sqlx::query_scalar(sql).fetch_one(bed.store().pool()).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    let written = sqlx::query("INSERT INTO orgs (org_id, created_at_us) VALUES ('bravo', 1)")
        .execute(bed.store().pool())
        .await;
    assert!(written.is_err_and(|error| error.to_string().contains("row-level security")));
    assert_eq!(bed.number("SELECT count(*) FROM orgs").await, 1);
}
