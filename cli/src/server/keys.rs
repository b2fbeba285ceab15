//! The check of the secrets against those that the database was served with before.

use anyhow::{Context, bail};
use stet_ops::{KeyName, Ops};
use stet_store::KeyKind;

/// Refuses to serve with a key id that has another secret than before: everything made with it would be disowned in silence.
pub(super) async fn check(ops: &Ops) -> anyhow::Result<()> {
    let found = ops.check_keys().await.context("the secrets cannot be checked")?;
    if !found.changed.is_empty() {
        let changed: Vec<String> = found.changed.iter().map(changed).collect();
        bail!(
            "{}: restore it (the data folder's secrets.toml or the setting); a new secret needs an id of its own",
            changed.join("; ")
        );
    }
    for (kind, id) in &found.missing {
        tracing::warn!(
            setting = setting(*kind),
            key = id,
            "a key that this database was served with is not listed: what was made with it cannot be run or verified"
        );
    }
    Ok(())
}

fn changed((kind, id): &KeyName) -> String {
    match kind {
        KeyKind::Als => {
            format!("ALS_SECRETS: {id} has another secret than the one that its templates are run with")
        }
        KeyKind::Record => {
            format!("RECORD_SECRETS: {id} has another secret than the one that its records were made with")
        }
        KeyKind::Pepper => {
            "API_KEY_PEPPER is another secret than the one that the API keys were made with".to_owned()
        }
    }
}

const fn setting(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Als => "ALS_SECRETS",
        KeyKind::Record => "RECORD_SECRETS",
        KeyKind::Pepper => "API_KEY_PEPPER",
    }
}
