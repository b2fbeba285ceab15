//! What a verb shows: tables on a terminal, JSON lines elsewhere or when asked for.

use std::io::{IsTerminal, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde_json::Value;

/// The width of a terminal that does not tell its own.
const WIDTH_UNTOLD: u16 = 120;

/// Where and how results are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    json: bool,
}

impl Screen {
    /// Tables on a terminal, unless JSON is asked for.
    pub(crate) fn new(json: bool) -> Self {
        Self { json: json || !std::io::stdout().is_terminal() }
    }

    /// Whether standard output carries JSON only.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// One thing: its JSON on one line, or its fields as rows.
    pub(crate) fn show(self, value: &Value) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{value}")?;
        } else {
            let mut table = plain();
            for (name, field) in value.as_object().into_iter().flatten() {
                table.add_row([name.clone(), text(field)]);
            }
            writeln!(out, "{table}")?;
        }
        Ok(())
    }

    /// A list: a line of JSON an item, or a table of the given columns (JSON pointers, the last part is the heading).
    pub(crate) fn list(self, items: &[Value], columns: &[&str]) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            for item in items {
                writeln!(out, "{item}")?;
            }
            return Ok(());
        }
        let mut table = plain();
        table.set_header(columns.iter().map(|column| heading(column).replace('_', " ")));
        for item in items {
            table.add_row(
                columns
                    .iter()
                    .map(|column| item.pointer(column).map(|value| brief(column, value)).unwrap_or_default()),
            );
        }
        for (column, name) in table.column_iter_mut().zip(columns) {
            // An id that is broken over two lines cannot be copied.
            if heading(name) == "id" {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        writeln!(out, "{table}")?;
        Ok(())
    }

    /// A line for a person: on standard output on a terminal, else on standard error.
    pub(crate) fn say(self, line: &str) {
        if self.json { eprintln!("{line}") } else { println!("{line}") }
    }
}

/// A table in the house's style.
pub(crate) fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width() == Some(0) {
        table.set_width(WIDTH_UNTOLD);
    }
    table
}

fn heading(column: &str) -> &str {
    column.rsplit('/').next().unwrap_or_default()
}

/// A value as a list shows it: digests and times by their beginnings, shares in percent, for `--json` has the whole.
fn brief(column: &str, value: &Value) -> String {
    const DIGEST_CHARS: usize = 12;
    const TIME_CHARS: usize = 19;
    let whole = text(value);
    match heading(column) {
        name if name.ends_with("_sha256") => whole.chars().take(DIGEST_CHARS).collect(),
        name if ["_share", "_rate", "_agreement"].iter().any(|end| name.ends_with(end)) => {
            value.as_f64().map_or(whole, |share| format!("{:.0} %", share * 100.0))
        }
        name if name.ends_with("_at") => whole.chars().take(TIME_CHARS).collect::<String>().replace('T', " "),
        _ => whole,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => visible(text),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A model's output may hold escape sequences that would command the terminal: controls are shown, not obeyed.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_commanded_by_what_a_model_wrote() {
        assert_eq!(visible("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\n");
    }
}
