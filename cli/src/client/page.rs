//! Lists, page by page.

use serde_json::Value;

use super::Client;

const PAGE_MAX: u32 = 200;

/// Fetches items until there are `limit` or no more.
pub(crate) async fn fetch(
    client: &Client,
    path: &str,
    filter: &[(&str, String)],
    limit: u32,
) -> anyhow::Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut query = filter.to_vec();
    query.push(("limit", limit.min(PAGE_MAX).to_string()));
    let mut page = client.get(path, &query).await?;
    loop {
        if let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) {
            items.extend(found);
        }
        let full = items.len() >= limit as usize;
        let next = page.get("next").and_then(Value::as_str).filter(|_| !full).map(str::to_owned);
        let Some(next) = next else { break };
        page = client.get(&next, &[]).await?;
    }
    items.truncate(limit as usize);
    Ok(items)
}
