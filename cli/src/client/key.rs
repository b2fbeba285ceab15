//! `stet key`.

use serde_json::json;

use super::Client;
use crate::args::Key;
use crate::exit::Exit;
use crate::screen::Screen;

pub(crate) async fn run(client: &Client, screen: Screen, verb: Key) -> anyhow::Result<Exit> {
    match verb {
        Key::Create { role, label, idempotency_key } => {
            let body = json!({"role": role, "label": label}).to_string().into_bytes();
            let answer = client.post("/v1/api-keys", &[], body, idempotency_key.as_deref()).await?;
            let shown = answer.body.get("token").is_some_and(serde_json::Value::is_string);
            screen.say(if shown {
                "keep the key: it is not shown again"
            } else {
                "this key was made before: its secret is not shown again"
            });
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
