//! A key id stands for one secret for good.

use stet_ops::{KeyFindings, RunSubmission};
use stet_store::{KeyKind, RunFilter};

use crate::fixture::{
    FIRST_PAGE, SECRET_A, SECRET_B, Start, World, admin, als_template, grid, json, offences, single,
};

#[tokio::test]
async fn another_secret_under_a_known_id_is_found_and_rotation_is_none() {
    let world = World::new().await;
    assert_eq!(world.ops.check_keys().await.unwrap(), KeyFindings::default());
    assert_eq!(world.ops.check_keys().await.unwrap(), KeyFindings::default());

    let over = async |als: Option<String>, record: String| {
        let start = Start { als_keys: als, record_keys: record, ..Start::default() };
        World::over(world.database.clone(), start).await.ops.check_keys().await.unwrap()
    };
    let (k1, r1) = (format!("k1:{SECRET_A}"), format!("r1:{SECRET_B}"));
    let other = over(Some(format!("k1:{SECRET_B},k2:{SECRET_A}")), r1.clone()).await;
    assert_eq!(other.changed, [(KeyKind::Als, "k1".to_owned())]);
    let other = over(Some(k1.clone()), format!("r1:{SECRET_A}")).await;
    assert_eq!(other.changed, [(KeyKind::Record, "r1".to_owned())]);

    // The k2 of the refused start was not kept: it may come with any secret.
    let rotated = over(Some(format!("{k1},k2:{SECRET_B}")), r1.clone()).await;
    assert_eq!(rotated, KeyFindings::default());
    let dropped = over(Some(format!("k2:{SECRET_B}")), r1.clone()).await;
    assert_eq!(dropped.changed, []);
    assert_eq!(dropped.missing, [(KeyKind::Als, "k1".to_owned())]);
    let none = over(None, r1).await;
    assert_eq!(none.missing, [(KeyKind::Als, "k1".to_owned()), (KeyKind::Als, "k2".to_owned())]);
}

#[tokio::test]
async fn a_template_whose_als_key_is_gone_is_not_run() {
    let world = World::new().await;
    let id = world.ops.create_template(&admin(), &als_template("t", ""), None).await.unwrap().value.id;
    let run = RunSubmission { inputs: json("null"), ..single() };
    for als_keys in [None, Some(format!("k2:{SECRET_A}"))] {
        let start = Start { als_keys, ..Start::default() };
        let later = World::over(world.database.clone(), start).await;
        let expected = [(String::new(), "ALS_KEY_UNKNOWN")];
        assert_eq!(offences(later.ops.plan_batch(&admin(), id, &grid()).await), expected);
        assert_eq!(offences(later.ops.submit_batch(&admin(), id, &grid(), None).await), expected);
        let refused = later.ops.submit_run(&admin(), id, &run, None).await;
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("\"k1\"")), "{refused:?}");
        assert_eq!(offences(refused), expected);
    }
    let runs = world.ops.list_runs(&admin(), &RunFilter::of_template(id), FIRST_PAGE).await.unwrap();
    assert!(runs.items.is_empty());
    assert!(world.ops.submit_run(&admin(), id, &run, None).await.is_ok());
}
