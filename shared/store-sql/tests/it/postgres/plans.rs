//! The hottest queries at a million runs: each finds its rows by an index that the org leads (reliability.md, "Tenancy").

use sqlx::{AssertSqlSafe, Row as _};
use stet_store::Store as _;
use stet_store::conformance::Bed as _;
use stet_store::conformance::scene::Scene;
use stet_testkit::TempPostgres;

/// Runs of history, half of them of another org.
const RUNS: i64 = 1_000_000;

/// A million ended runs of two batches in two orgs, made by the server itself, with the constraints that any run has.
const HISTORY: &str = "INSERT INTO runs (org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index,
        grounding_mode, replicate_index, inputs_sha256, created_at_us, status, available_at_us, fence, finished_at_us,
        run_sha256, record_hmac, record_key_id)
    SELECT b.org_id, decode(md5(b.org_id || n), 'hex'), b.template_id, b.batch_id, n, 1, 'de-DE', 0, 'UNGROUNDED', 0,
        b.inputs_sha256, b.created_at_us + n, 'succeeded', 0, 1, b.created_at_us + n, b.batch_sha256, b.batch_sha256, 'r1'
    FROM batches AS b CROSS JOIN generate_series(1000, 1000 + $1::bigint / 2 - 1) AS n";

/// What a transaction begins with that reads, and one that writes.
const TO_READ: &str = include_str!("../../../queries/scope_to_read.postgres.sql");
const TO_WRITE: &str = include_str!("../../../queries/scope_to_write.postgres.sql");

/// The plan of a statement in a transaction that reads, with literals in the places of its parameters.
async fn plan(bed: &TempPostgres, statement: &str) -> String {
    let mut tx = bed.store().pool().begin().await.unwrap();
    sqlx::query(TO_READ).bind("acme").bind(None::<String>).execute(&mut *tx).await.unwrap();
    let explained = AssertSqlSafe(format!("EXPLAIN {statement}"));
    let rows = sqlx::query(explained).fetch_all(&mut *tx).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}

/// The plan that a connection keeps of a statement, whatever its parameters will be, in a transaction that writes.
async fn plan_kept(bed: &TempPostgres, statement: &str) -> String {
    let mut tx = bed.store().pool().begin().await.unwrap();
    sqlx::query(TO_WRITE).bind("acme").bind(None::<String>).execute(&mut *tx).await.unwrap();
    let parameters = (1..64).take_while(|number| statement.contains(&format!("${number}"))).count();
    let executed = format!("EXPLAIN EXECUTE kept ({})", vec!["NULL"; parameters].join(", "));
    sqlx::raw_sql(AssertSqlSafe(format!("PREPARE kept AS {statement}"))).execute(&mut *tx).await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(executed)).persistent(false).fetch_all(&mut *tx).await.unwrap();
    sqlx::raw_sql("DEALLOCATE kept").execute(&mut *tx).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}

/// The plan of the one statement of a definer function, with its settings and as the role that it runs as, for which no row security hides what is read.
async fn plan_inside(bed: &TempPostgres, function: &str) -> String {
    let (body, settings): (String, Vec<String>) =
        sqlx::query_as("SELECT prosrc, proconfig FROM pg_proc WHERE proname = $1")
            .bind(function)
            .fetch_one(bed.superuser())
            .await
            .unwrap();
    assert!(settings.contains(&"enable_seqscan=off".to_owned()), "{function}: {settings:?}");
    let (body, _) = body.rsplit_once(';').unwrap();
    let queried = body.split_once("RETURN QUERY").map(|(_, statement)| statement);
    let body = queried.or_else(|| body.split_once("RETURN (")?.1.trim_end().strip_suffix(')')).unwrap();
    let every = "'[\"openai\",\"gemini\",\"vertex\"]'";
    let statement = body
        .replace("providers::json", &format!("{every}::json"))
        .replace("hints::json", "'[{\"org\":\"acme\",\"run\":\"00\"}]'::json")
        .replace("<= after", "<= ''")
        .replace("THEN most", "THEN 256")
        .replace("least(most", "least(256")
        .replace("LIMIT most", "LIMIT 256");
    let mut tx = bed.superuser().begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL ROLE stet_owner; SET LOCAL search_path = ''").execute(&mut *tx).await.unwrap();
    for (name, value) in settings.iter().filter_map(|setting| setting.split_once('=')) {
        let set = sqlx::query("SELECT set_config($1, $2, true)").bind(name).bind(value.trim_matches('"'));
        set.execute(&mut *tx).await.unwrap();
    }
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN {statement}"))).fetch_all(&mut *tx).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}

/// The query of that file with its parameters replaced.
fn filled(sql: &str, parameters: &[&str]) -> String {
    let mut filled = sql.to_owned();
    for (index, value) in parameters.iter().enumerate().rev() {
        filled = filled.replace(&format!("${}", index + 1), value);
    }
    filled
}

fn reads_by_index(plan: &str, index: &str, what: &str) {
    assert!(plan.contains(index), "{what} does not use {index}:\n{plan}");
    assert!(!plan.contains("Seq Scan on runs"), "{what} reads every run:\n{plan}");
}

/// A citation of each of a share of the runs.
const CITED: &str = "INSERT INTO citations (org_id, run_id, ordinal, url_raw, url, domain, class)
    SELECT r.org_id, r.run_id, 0, 'https://example.com/', 'https://example.com/', 'example.com', 'web_page'
    FROM runs AS r WHERE r.batch_run_index % 10 = 0";

/// An ended attempt of each of a share of the runs.
const TRIED: &str =
    "INSERT INTO attempts (org_id, run_id, fence, worker, started_at_us, finished_at_us, outcome)
    SELECT r.org_id, r.run_id, 1, 'w', 0, 1, 'recorded' FROM runs AS r WHERE r.batch_run_index % 10 = 0";

/// The index scans of a plan that read all that an org has of a table.
fn reads_of_a_whole_org(plan: &str) -> Vec<&str> {
    plan.lines()
        .zip(plan.lines().skip(1))
        .filter(|(scan, condition)| {
            let of_the_org = condition.trim().strip_prefix("Index Cond: (org_id = ");
            scan.contains("Scan") && of_the_org.is_some_and(|rest| !rest.contains(" AND "))
        })
        .map(|(scan, _)| scan.trim())
        // The last segment is the first that this scan meets.
        .filter(|scan| !scan.contains("Index Scan Backward using segments_pkey"))
        .collect()
}

fn hex(id: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(id))
}

/// Each hint by its own key: a plan that begins elsewhere reads a template's or a batch's runs once a hint.
async fn hints_are_looked_up(bed: &TempPostgres) {
    let plan = plan_inside(bed, "hinted_runs").await;
    reads_by_index(&plan, "runs_pkey", "hinted_runs");
    assert!(!plan.contains("runs_by_"), "hinted_runs reads what was not hinted at:\n{plan}");
    assert_eq!(reads_of_a_whole_org(&plan), Vec::<&str>::new(), "{plan}");
}

/// Statements that change the rows that they are told of.
const CHANGES: [(&str, &str); 10] = [
    ("claim_runs", include_str!("../../../queries/claim_runs.postgres.sql")),
    ("commit_runs", include_str!("../../../queries/commit_runs.postgres.sql")),
    ("close_attempts", include_str!("../../../queries/close_attempts.postgres.sql")),
    ("renew_leases", include_str!("../../../queries/renew_leases.postgres.sql")),
    ("release_runs", include_str!("../../../queries/release_runs.postgres.sql")),
    ("retry_runs", include_str!("../../../queries/retry_runs.postgres.sql")),
    ("sweep_runs", include_str!("../../../queries/sweep_runs.postgres.sql")),
    ("claim_poisoned", include_str!("../../../queries/claim_poisoned.postgres.sql")),
    ("lose_attempts", include_str!("../../../queries/lose_attempts.postgres.sql")),
    ("cancel_ended_runs", include_str!("../../../queries/cancel_ended_runs.postgres.sql")),
];

/// Statements that look up what the rows that they are told of belong to.
const LOOKS: [(&str, &str); 8] = [
    ("insert_attempts", include_str!("../../../queries/insert_attempts.postgres.sql")),
    ("insert_exchanges", include_str!("../../../queries/insert_exchanges.postgres.sql")),
    ("insert_outputs", include_str!("../../../queries/insert_outputs.postgres.sql")),
    ("insert_citations", include_str!("../../../queries/insert_citations.postgres.sql")),
    ("insert_cells", include_str!("../../../queries/insert_cells.postgres.sql")),
    ("insert_reruns", include_str!("../../../queries/insert_reruns.postgres.sql")),
    ("select_claims", include_str!("../../../queries/select_claims.postgres.sql")),
    ("hold_bounded_batches", include_str!("../../../queries/hold_bounded_batches.postgres.sql")),
];

/// Each row that is changed is found by its own key, whatever the planner believes of the tables.
async fn changes_go_by_key(bed: &TempPostgres) {
    for (name, sql) in CHANGES {
        let plan = plan_kept(bed, sql).await;
        assert_eq!(reads_of_a_whole_org(&plan), Vec::<&str>::new(), "{name}:\n{plan}");
        for (line, above) in plan.lines().skip(1).zip(plan.lines()) {
            let of_rows = [" on runs ", " on attempts "].iter().any(|table| above.contains(table));
            let changes = ["Update on ", "Insert on "].iter().any(|node| above.contains(node));
            let by_key = !of_rows || changes || line.contains("run_id = ");
            // What runs of a batch that has a bound is counted.
            assert!(
                by_key || above.contains("runs_running"),
                "{name} reads what it was not told of:\n{plan}"
            );
        }
    }
}

#[tokio::test]
async fn changes_go_by_key_where_the_planner_knows_nothing_yet() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    scene.running(500).await.unwrap();
    changes_go_by_key(&bed).await;
}

/// A plan is kept with its connection, and made when the tables may be small: those that the planner was told of are the worst.
#[tokio::test]
async fn plans_that_are_kept_go_by_key_where_the_tables_are_known_to_be_small() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (_, ids) = scene.running(10).await.unwrap();
    scene.finish(&ids[..5]).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(bed.superuser()).await.unwrap();
    changes_go_by_key(&bed).await;
    for (name, sql) in LOOKS {
        let plan = plan_kept(&bed, sql).await;
        assert_eq!(reads_of_a_whole_org(&plan), Vec::<&str>::new(), "{name}:\n{plan}");
        for table in ["runs", "attempts", "run_outputs", "batches", "templates"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{name} reads all of {table}:\n{plan}");
        }
        assert!(!plan.contains("Hash Join") && !plan.contains("Merge Join"), "{name}:\n{plan}");
    }
    hints_are_looked_up(&bed).await;
    for offer in ["offered_runs", "next_offer"] {
        let plan = plan_inside(&bed, offer).await;
        reads_by_index(&plan, "runs_waiting", offer);
        assert_eq!(reads_of_a_whole_org(&plan), Vec::<&str>::new(), "{offer}:\n{plan}");
    }
}

/// A plan that a connection keeps is made at its first use, which may be in a database that has a handful of runs.
#[tokio::test]
async fn plans_of_a_young_database_go_by_key_once_it_was_looked_at() {
    for replicates in [1, 3, 12, 50] {
        let bed = TempPostgres::open().await;
        let mut scene = Scene::open(bed.store()).await.unwrap();
        let (_, ids) = scene.running(replicates).await.unwrap();
        scene.finish(&ids[..2]).await.unwrap();
        assert!(bed.store().learn_sizes().await.unwrap() > 0);
        changes_go_by_key(&bed).await;
        assert_eq!(bed.store().learn_sizes().await.unwrap(), 0, "nothing has doubled");
    }
}

#[tokio::test]
async fn hints_are_looked_up_where_the_planner_knows_nothing_yet() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    scene.running(250).await.unwrap();
    hints_are_looked_up(&bed).await;
}

/// What reads a whole batch, and what looks for work, beside a batch of the history, which is half the table.
async fn a_batch_like_any_other(bed: &TempPostgres, scene: &mut Scene<'_>) {
    scene.act_as("acme").await.unwrap();
    let (usual, _) = scene.running(250).await.unwrap();
    sqlx::query(CITED).execute(bed.superuser()).await.unwrap();
    sqlx::query(TRIED).execute(bed.superuser()).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(bed.superuser()).await.unwrap();
    let usual = format!("'\\x{}'::bytea", hex(usual.row.id.to_bytes()));
    let matrix =
        plan(bed, &filled(include_str!("../../../queries/list_matrix.sql"), &["'acme'", &usual])).await;
    reads_by_index(&matrix, "runs_org_id_batch_id_batch_run_index_rerun_index_key", "list_matrix");
    assert!(!matrix.contains("Seq Scan on citations"), "list_matrix reads every citation:\n{matrix}");
    for offer in ["offered_runs", "next_offer"] {
        reads_by_index(&plan_inside(bed, offer).await, "runs_waiting", offer);
    }
    hints_are_looked_up(bed).await;
    changes_go_by_key(bed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_runs_are_found_by_their_org() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (batch, ids) = scene.running(10).await.unwrap();
    scene.act_as("bravo").await.unwrap();
    scene.running(10).await.unwrap();
    sqlx::query(HISTORY).bind(RUNS).execute(bed.superuser()).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(bed.superuser()).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM runs").await, RUNS + 80);

    let wanted: Vec<String> = ids.iter().map(|id| format!("\"{}\"", hex(id.to_bytes()))).collect();
    let wanted = format!("'[{}]'", wanted.join(","));
    let batch_id = format!("'\\x{}'::bytea", hex(batch.row.id.to_bytes()));
    let template_id = format!("'\\x{}'::bytea", hex(batch.row.template.to_bytes()));
    let newest = ["9223372036854775807", "'\\xffffffffffffffffffffffffffffffff'::bytea", "0"];

    let claim = include_str!("../../../queries/claim_runs.postgres.sql");
    reads_by_index(&plan_kept(&bed, claim).await, "runs_pkey", "claim_runs");
    let of_batch = filled(
        include_str!("../../../queries/list_runs_of_batch.postgres.sql"),
        &[
            "'acme'", newest[0], newest[1], newest[2], &batch_id, "NULL", "NULL", "NULL", "NULL", "NULL",
            "NULL", "51",
        ],
    );
    reads_by_index(&plan(&bed, &of_batch).await, "runs_by_batch", "list_runs_of_batch");
    let of_template = filled(
        include_str!("../../../queries/list_runs_of_template.postgres.sql"),
        &[
            "'acme'",
            newest[0],
            newest[1],
            newest[2],
            "NULL",
            &template_id,
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "51",
        ],
    );
    reads_by_index(&plan(&bed, &of_template).await, "runs_by_template", "list_runs_of_template");
    let view = filled(include_str!("../../../queries/get_batch.sql"), &["'acme'", &batch_id]);
    let view = plan(&bed, &view).await;
    reads_by_index(&view, "runs_running", "get_batch");
    reads_by_index(&view, "runs_queued", "get_batch");
    let cells =
        filled(include_str!("../../../queries/list_cells.sql"), &["'acme'", &batch_id, "-1", "-1", "5000"]);
    reads_by_index(
        &plan(&bed, &cells).await,
        "runs_org_id_batch_id_batch_run_index_rerun_index_key",
        "list_cells",
    );
    // Sealing goes on where the last segment ended: a segment's worth is left.
    let after =
        bed.number("SELECT max(finished_at_us) - 4096 FROM runs WHERE org_id = 'acme'").await.to_string();
    let (first, last) = ("'\\x'::bytea", newest[1]);
    let ended = filled(
        include_str!("../../../queries/list_ended.postgres.sql"),
        &["'acme'", &after, first, newest[0], last, "4096"],
    );
    reads_by_index(&plan(&bed, &ended).await, "runs_by_end", "list_ended");
    a_batch_like_any_other(&bed, &mut scene).await;
    let run = filled(include_str!("../../../queries/get_runs.postgres.sql"), &["'acme'", &wanted]);
    reads_by_index(&plan(&bed, &run).await, "runs_pkey", "get_runs");
}
