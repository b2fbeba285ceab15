//! Templates: one content, one row.

use std::sync::atomic::Ordering;

use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_ops::{How, NewTemplate};

use crate::fixture::{
    FIRST_PAGE, SECRET_A, SECRET_B, Start, World, admin, als_template, json, offences, template,
};

#[tokio::test]
async fn the_same_content_is_one_template_whatever_its_name() {
    let world = World::new().await;
    let first = world.ops.create_template(&admin(), &template("one", "a?"), None).await.unwrap();
    let again = world.ops.create_template(&admin(), &template("two", " a? "), None).await.unwrap();
    assert_eq!((first.how, again.how), (How::New, How::Same));
    assert_eq!(again.value, first.value, "the stored name stands");
    let other = world.ops.create_template(&admin(), &template("one", "b?"), None).await.unwrap();
    assert_eq!(other.how, How::New);
    let page = world.ops.list_templates(&admin(), FIRST_PAGE).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let pair = world.ops.diff_templates(&admin(), other.value.id, first.value.id).await.unwrap();
    assert_eq!((pair.from, pair.to), (first.value, other.value));
}

#[tokio::test]
async fn every_offence_is_told_at_once_and_nothing_is_written() {
    let world = World::new().await;
    let new = NewTemplate {
        name: " ".to_owned(),
        config: json(
            r#"{"provider":"openai","model_version_constraint":"gpt-4o-2024-08-06","colour":1,
                "messages":[{"role":"user","content":"{{x}}"}]}"#,
        ),
    };
    let refused = offences(world.ops.create_template(&admin(), &new, None).await);
    assert!(refused.contains(&("/name".to_owned(), "EMPTY")), "{refused:?}");
    assert!(refused.contains(&("/config/colour".to_owned(), "UNKNOWN_FIELD")), "{refused:?}");
    assert!(refused.iter().any(|(_, code)| *code == "INPUT_UNDECLARED"), "{refused:?}");
    let floating = NewTemplate {
        name: "x".repeat(201),
        config: json(
            r#"{"provider":"openai","model_version_constraint":"gpt-4o","generation":{"seed":1},
                "canary":["still there?"],"grounding":{"allowed_domains":["b.org","a.org/x"]},
                "messages":[{"role":"user","content":"?"}],
                "als":{"template_id":"t","catalog":"v9","seed_key_id":"k9"}}"#,
        ),
    };
    let refused = offences(world.ops.create_template(&admin(), &floating, None).await);
    for expected in [
        ("/name", "TOO_LONG"),
        ("/config/model_version_constraint", "MODEL_ALIAS"),
        ("/config/generation/seed", "PARAMETER_UNSUPPORTED"),
        ("/config/grounding/allowed_domains/1", "VALUE_NOT_ALLOWED"),
        ("/config/als/catalog", "ALS_CATALOG_UNKNOWN"),
        ("/config/als/seed_key_id", "ALS_KEY_UNKNOWN"),
    ] {
        assert!(refused.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {refused:?}");
    }
    let huge = template("huge", &"x".repeat(257 * 1024));
    let refused = offences(world.ops.create_template(&admin(), &huge, None).await);
    assert!(refused.iter().any(|(_, code)| *code == "TEMPLATE_TOO_LARGE"), "{refused:?}");
    assert!(world.ops.list_templates(&admin(), FIRST_PAGE).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_dated_sibling_in_the_cached_list_makes_a_model_float_and_nobody_is_asked() {
    let world = World::new().await;
    let config = r#"{"provider":"openai","model_version_constraint":"gpt-4.9","messages":[{"role":"user","content":"?"}]}"#;
    let new = NewTemplate { name: "x".to_owned(), config: json(config) };
    assert!(world.ops.create_template(&admin(), &new, None).await.is_ok());
    assert_eq!(world.listed.asked.load(Ordering::SeqCst), 0, "creation never calls the provider");
    *world.listed.ids.lock().unwrap() = vec!["gpt-4.9", "gpt-4.9-2026-01-02"];
    world.ops.provider_versions(&admin(), Provider::OpenAi, true).await.unwrap();
    let later = NewTemplate { name: "y".to_owned(), config: json(&config.replace("\"?\"", "\"??\"")) };
    let refused = offences(world.ops.create_template(&admin(), &later, None).await);
    assert_eq!(refused, [("/config/model_version_constraint".to_owned(), "MODEL_ALIAS")]);
    assert_eq!(world.listed.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_seed_key_left_out_finds_the_old_template_and_fills_in_the_new_default() {
    let before = World::new().await;
    let old = before.ops.create_template(&admin(), &als_template("t", ""), None).await.unwrap();
    assert!(String::from_utf8_lossy(&old.value.canonical).contains(r#""seed_key_id":"k1""#));
    let rotated = Start { als_keys: Some(format!("k1:{SECRET_A},k2:{SECRET_B}")), ..Start::default() };
    let after = World::over(before.database.clone(), rotated).await;
    let same = after.ops.create_template(&admin(), &als_template("t", ""), None).await.unwrap();
    assert_eq!((same.how, same.value.id), (How::Same, old.value.id));
    let new = after.ops.create_template(&admin(), &als_template("u", ""), None).await.unwrap();
    assert!(String::from_utf8_lossy(&new.value.canonical).contains(r#""seed_key_id":"k2""#));
    let named = als_template("u", r#","seed_key_id":"k1""#);
    assert_eq!(after.ops.create_template(&admin(), &named, None).await.unwrap().how, How::New);
}

#[tokio::test]
async fn a_template_verifies_under_its_key_alone() {
    let world = World::new().await;
    let id = world.template().await;
    assert!(world.ops.verify_template(&admin(), id).await.unwrap().is_intact());
    for (keys, code) in [
        (format!("r1:{SECRET_A}"), ErrorCode::HmacMismatch),
        (format!("r2:{SECRET_B}"), ErrorCode::RecordKeyUnknown),
    ] {
        let start = Start { record_keys: keys, ..Start::default() };
        let forger = World::over(world.database.clone(), start).await;
        let verified = forger.ops.verify_template(&admin(), id).await.unwrap();
        assert_eq!(verified.disagreement.unwrap().code, code);
    }
}
