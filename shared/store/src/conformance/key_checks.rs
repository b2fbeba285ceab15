//! Checks of the server's secrets.

use super::Bed;
use super::sample::at;
use crate::{KeyCheck, KeyKind, StoreError};

fn check(kind: KeyKind, key_id: &str, mac: u8) -> KeyCheck {
    KeyCheck { kind, key_id: key_id.to_owned(), mac: [mac; 32] }
}

/// What is new is kept, what stands is left as it is, and ids of different kinds are different keys.
pub async fn the_first_check_of_a_key_stands(bed: &dyn Bed) -> Result<(), StoreError> {
    let store = bed.store();
    assert_eq!(store.key_checks().await?, []);
    let first = [check(KeyKind::Als, "k1", 1), check(KeyKind::Record, "k1", 2)];
    assert_eq!(store.keep_key_checks(&first, at(1)).await?, []);
    assert_eq!(store.keep_key_checks(&first, at(2)).await?, []);
    let grown = [first[0].clone(), check(KeyKind::Als, "k2", 3), check(KeyKind::Pepper, "pepper", 4)];
    assert_eq!(store.keep_key_checks(&grown, at(3)).await?, []);
    let expected = [first[0].clone(), grown[1].clone(), grown[2].clone(), first[1].clone()];
    assert_eq!(store.key_checks().await?, expected);
    for statement in [
        format!("UPDATE key_checks SET mac = {}", bed.bytes(&"00".repeat(32))),
        "UPDATE key_checks SET key_id = 'k9'".to_owned(),
        "DELETE FROM key_checks".to_owned(),
    ] {
        let refused = bed.sql(&statement).await;
        assert!(refused.as_ref().is_err_and(|said| said.contains("stet: ")), "{statement}: {refused:?}");
    }
    assert_eq!(bed.number("SELECT max(created_at_us) FROM key_checks").await, at(3).0);
    Ok(())
}

/// A key that stands with another check is named, and nothing beside it is kept.
pub async fn another_secret_under_a_known_id_is_named(bed: &dyn Bed) -> Result<(), StoreError> {
    let store = bed.store();
    let known = check(KeyKind::Als, "k1", 1);
    store.keep_key_checks(std::slice::from_ref(&known), at(1)).await?;
    let other = check(KeyKind::Als, "k1", 9);
    let offered = [check(KeyKind::Record, "r1", 2), other.clone()];
    assert_eq!(store.keep_key_checks(&offered, at(2)).await?, [other]);
    assert_eq!(store.key_checks().await?, [known]);
    Ok(())
}
