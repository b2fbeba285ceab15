//! `stet key`.

use serde_json::json;

use super::Client;
use crate::args::Key;
use crate::exit::Exit;
use crate::screen::Screen;

pub(crate) async fn run(client: &Client, screen: Screen, verb: Key) -> anyhow::Result<Exit> {
    match verb {
        Key::Create { role, label } => {
            let body = json!({"role": role, "label": label}).to_string().into_bytes();
            let answer = client.post("/v1/api-keys", &[], body, None).await?;
            screen.say("keep the key: it is not shown again");
            screen.show(&answer.body)?;
        }
        Key::List => {
            let keys = client.get("/v1/api-keys", &[]).await?;
            let items = keys.get("items").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
            screen.list(&items, &["/id", "/role", "/label", "/created_at", "/revoked_at"])?;
        }
        Key::Revoke { id } => {
            client.delete(&format!("/v1/api-keys/{id}")).await?;
            screen.say(&format!("{id} is revoked"));
        }
    }
    Ok(Exit::Done)
}
