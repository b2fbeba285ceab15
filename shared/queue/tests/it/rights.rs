//! Whose the queue's tables are, and what each role may do with them.

use secrecy::SecretString;
use stet_domain::bell::Bell as _;
use stet_queue::QueueError;
use stet_queue::postgres::{PostgresQueue, setup};
use stet_testkit::{Login, TempPostgres, Way};

use crate::bed::{Bed, runs};

#[tokio::test]
async fn the_owner_owns_them_and_the_roles_have_what_they_need() {
    let bed = Bed::open().await;
    let foreign = "SELECT count(*) FROM pg_class AS c
        WHERE c.relnamespace = 'apalis'::regnamespace AND c.relkind IN ('r', 'v', 'S') AND pg_get_userbyid(c.relowner) <> 'stet_owner'";
    assert_eq!(bed.number(foreign).await, 0);
    let grants: Vec<String> = sqlx::query_scalar(
        "SELECT g.grantee || ' ' || g.table_name || ' ' || string_agg(g.privilege_type, ',' ORDER BY g.privilege_type)
        FROM information_schema.role_table_grants AS g
        WHERE g.table_schema = 'apalis' AND g.grantee <> 'stet_owner'
        GROUP BY g.grantee, g.table_name ORDER BY 1",
    )
    .fetch_all(bed.database.superuser())
    .await
    .unwrap();
    let expected = [
        "stet_api _sqlx_migrations SELECT",
        "stet_api jobs INSERT",
        "stet_worker _sqlx_migrations SELECT",
        "stet_worker jobs DELETE,INSERT,SELECT,UPDATE",
        "stet_worker workers DELETE,INSERT,SELECT,UPDATE",
    ];
    assert_eq!(grants, expected);
    // Nothing of it lies among the rows.
    let beside = "SELECT count(*) FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace
        AND EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')";
    assert_eq!(bed.number(beside).await, 0);
    assert_eq!(bed.number("SELECT count(*) FROM pg_proc WHERE proname = 'generate_ulid' AND pronamespace = 'public'::regnamespace").await, 0);
}

#[tokio::test]
async fn the_api_rings_and_reads_nothing() {
    let bed = Bed::open().await;
    let api = bed.queue(Login::Api);
    api.ready().await.unwrap();
    api.ring(&runs(0..1), None).await.unwrap();
    for refused in [api.waiting().await.map(drop), api.prune().await.map(drop)] {
        let error = refused.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap();
        let cause = cause.source().unwrap().to_string();
        assert!(cause.contains("permission denied"), "{cause}");
    }
    assert_eq!(bed.queue(Login::Worker).waiting().await.unwrap(), 1);
}

#[tokio::test]
async fn a_database_without_the_tables_is_told_and_setting_up_twice_is_safe() {
    let database = TempPostgres::open().await;
    let queue = |login| PostgresQueue::new(&SecretString::from(database.url(Way::Straight, login))).unwrap();
    for login in [Login::Api, Login::Worker] {
        assert!(matches!(queue(login).ready().await, Err(QueueError::NotSetUp)));
    }
    let owner = SecretString::from(database.url(Way::Straight, Login::Superuser));
    setup(&owner).await.unwrap();
    setup(&owner).await.unwrap();
    queue(Login::Api).ready().await.unwrap();
    queue(Login::Worker).ready().await.unwrap();
    let worker = SecretString::from(database.url(Way::Straight, Login::Worker));
    assert!(setup(&worker).await.is_err(), "a worker makes no tables");
}

#[tokio::test]
async fn an_owner_of_the_database_who_is_no_superuser_sets_it_up() {
    let database = TempPostgres::open().await;
    let run = async |statement: &'static str| {
        sqlx::raw_sql(statement).execute(database.superuser()).await.unwrap();
    };
    run(
        "CREATE ROLE stet_test_admin LOGIN CREATEROLE IN ROLE stet_owner;
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO stet_test_admin', current_database()); END $$",
    )
    .await;
    let url = database.url(Way::Straight, Login::Superuser).replace("postgres@", "stet_test_admin@");
    setup(&SecretString::from(url)).await.unwrap();
    let api = PostgresQueue::new(&SecretString::from(database.url(Way::Straight, Login::Api))).unwrap();
    api.ring(&runs(0..1), None).await.unwrap();
    run("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO postgres', current_database()); END $$;
        DROP ROLE stet_test_admin")
    .await;
}
