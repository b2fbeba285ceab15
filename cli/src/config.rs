//! `stet config check`.

use serde_json::json;

use crate::exit::Exit;
use crate::screen::Screen;
use crate::settings::{Settings, TABLE};

/// Prints what is in force; that it could be loaded is the check.
pub(crate) fn check(settings: &Settings, screen: Screen) -> anyhow::Result<Exit> {
    let rows: Vec<_> = settings
        .effective()
        .zip(TABLE)
        .map(|(setting, row)| {
            json!({
                "name": setting.name,
                "value": setting.value,
                "source": setting.source,
                "allowed": row.check.allowed(),
            })
        })
        .collect();
    screen.list(&rows, &["/name", "/value", "/source", "/allowed"])?;
    Ok(Exit::Done)
}
