//! `stet provider`.

use super::Client;
use crate::args::Provider;
use crate::exit::Exit;
use crate::screen::Screen;

pub(crate) async fn run(client: &Client, screen: Screen, verb: Provider) -> anyhow::Result<Exit> {
    match verb {
        Provider::List => {
            let providers = client.get("/v1/providers", &[]).await?;
            let items =
                providers.get("items").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
            screen.list(&items, &["/provider", "/configured"])?;
        }
        Provider::Versions { provider, force_refresh } => {
            let query = if force_refresh { vec![("force_refresh", "true".to_owned())] } else { Vec::new() };
            screen.show(&client.get(&format!("/v1/providers/{provider}/versions"), &query).await?)?;
        }
    }
    Ok(Exit::Done)
}
