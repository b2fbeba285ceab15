//! The first API key: made on the first start, and kept beside the data.

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use stet_domain::ids::OrgId;
use stet_ops::{Actor, DEFAULT_ORG, Ops};
use stet_store::{PageRequest, Store};

use crate::client::KEY_FILE;
use crate::secrets::write_private;
use crate::settings::Settings;

/// Makes the first key on the first start and keeps it beside the data, for the client verbs on this machine.
pub(super) async fn keep(
    settings: &Settings,
    store: &dyn Store,
    ops: &Ops,
) -> anyhow::Result<Option<SecretString>> {
    let path = settings.data_dir.join(KEY_FILE);
    let made = match ops.bootstrap().await.context("the first key cannot be made")? {
        Some(first) => first.key.token,
        None if path.exists() => return Ok(None),
        None => match replace_lost_key(store, ops).await.context("the lost first key cannot be replaced")? {
            Some(token) => token,
            None => return Ok(None),
        },
    };
    if !write_private(&path, made.expose_secret())? {
        // The folder has the key of another database: this one's would be lost with it in the way.
        let aside = path.with_extension("old");
        tracing::warn!(kept = %aside.display(), "the data folder had the key of another database");
        std::fs::rename(&path, &aside)
            .with_context(|| format!("{} cannot be moved aside", path.display()))?;
        write_private(&path, made.expose_secret())?;
    }
    Ok(Some(made))
}

/// A process that dies between the commit of the first key and the writing of its file leaves a database that nobody can use.
/// As long as nothing was done with it, another key is made.
async fn replace_lost_key(store: &dyn Store, ops: &Ops) -> anyhow::Result<Option<SecretString>> {
    let org: OrgId = DEFAULT_ORG.parse()?;
    let mut tx = store.read(&org).await?;
    let keys = tx.list_api_keys().await?;
    let templates = tx.list_templates(PageRequest { after: None, limit: 1 }).await?;
    drop(tx);
    let Some(first) = keys.first() else { return Ok(None) };
    if keys.iter().any(|key| key.label != first.label) || !templates.items.is_empty() {
        return Ok(None);
    }
    let actor = Actor { org, key_id: first.id.clone(), role: first.role };
    Ok(ops.create_api_key(&actor, first.role, &first.label, None).await?.value.token)
}
