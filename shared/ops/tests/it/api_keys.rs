//! Keys: made once, looked up by id, compared by keyed hash.

use secrecy::ExposeSecret as _;
use stet_domain::role::Role;
use stet_ops::{DEFAULT_ORG, OpError};

use crate::fixture::{World, actor, admin, offences, stranger};

#[tokio::test]
async fn the_first_start_makes_one_key_that_works() {
    let world = World::new().await;
    let first = world.ops.bootstrap().await.unwrap().expect("there is no key yet");
    assert_eq!(first.org.as_str(), DEFAULT_ORG);
    let holder = world.ops.authenticate(first.key.token.expose_secret()).await.unwrap();
    assert_eq!((holder.org, holder.role), (first.org, Role::Admin));
    assert!(world.ops.bootstrap().await.unwrap().is_none(), "the second start finds the key");
    assert_eq!(world.ops.list_api_keys(&admin()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn only_the_whole_token_of_a_living_key_opens() {
    let world = World::new().await;
    let made = world.ops.create_api_key(&admin(), Role::Viewer, "dashboard", None).await.unwrap().value;
    let other = world.ops.create_api_key(&admin(), Role::Viewer, "other", None).await.unwrap().value;
    let token = made.token.as_ref().unwrap().expose_secret();
    assert_eq!(world.ops.authenticate(token).await.unwrap().role, Role::Viewer);
    for refused in ["", "stet_", &token[..token.len() - 1], &token.replace("stet_", "stat_")] {
        assert!(matches!(world.ops.authenticate(refused).await, Err(OpError::Unauthenticated)));
    }
    let viewer = actor("default", Role::Viewer);
    assert!(matches!(world.ops.revoke_api_key(&viewer, &made.key.id).await, Err(OpError::Forbidden { .. })));
    assert!(world.ops.revoke_api_key(&admin(), &made.key.id).await.unwrap());
    assert!(!world.ops.revoke_api_key(&admin(), &made.key.id).await.unwrap(), "it had ended before");
    assert!(matches!(world.ops.authenticate(token).await, Err(OpError::Unauthenticated)));
    assert!(world.ops.authenticate(other.token.as_ref().unwrap().expose_secret()).await.is_ok());
}

#[tokio::test]
async fn keys_are_an_orgs_own() {
    let world = World::new().await;
    let made = world.ops.create_api_key(&admin(), Role::Viewer, "x", None).await.unwrap().value;
    let refused = world.ops.revoke_api_key(&stranger(), &made.key.id).await;
    assert!(matches!(refused, Err(OpError::NotFound { .. })));
    assert!(world.ops.list_api_keys(&stranger()).await.unwrap().is_empty());
    assert!(world.ops.authenticate(made.token.as_ref().unwrap().expose_secret()).await.is_ok());
}

#[tokio::test]
async fn a_label_is_bounded() {
    let world = World::new().await;
    let long = "x".repeat(201);
    for (label, code) in [(" ", "EMPTY"), (long.as_str(), "TOO_LONG")] {
        let refused = world.ops.create_api_key(&admin(), Role::Viewer, label, None).await;
        assert_eq!(offences(refused), [("/label".to_owned(), code)]);
    }
    assert!(world.ops.list_api_keys(&admin()).await.unwrap().is_empty());
}
