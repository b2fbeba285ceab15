//! `stet fleet`: who works, what waits, and how many workers would be useful.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::Client;
use crate::exit::Exit;
use crate::screen::{Screen, plain, visible};
use crate::signals::Signals;

/// How often the fleet is looked at; a member tells of itself as often.
const EVERY: Duration = Duration::from_secs(2);
/// Clears a terminal and goes to its first line (ECMA-48: CUP, ED).
const CLEAR: &str = "\u{1b}[H\u{1b}[J";

/// Look after look on a terminal, until it is interrupted; else one.
pub(crate) async fn run(client: &Client, screen: Screen, once: bool) -> anyhow::Result<Exit> {
    if once || screen.is_json() {
        show(screen, &fetch(client).await?)?;
        return Ok(Exit::Done);
    }
    let mut signals = Signals::listen()?;
    // A first look that fails is an address or a key that is wrong; later ones wait for a server that comes back.
    let mut seen = Ok(fetch(client).await?);
    loop {
        match &seen {
            Ok(fleet) => {
                print!("{CLEAR}");
                show(screen, fleet)?;
            }
            Err(error) => screen.say(&format!("no answer, looking again: {error:#}")),
        }
        tokio::select! {
            () = signals.next() => return Ok(Exit::Done),
            () = tokio::time::sleep(EVERY) => {}
        }
        seen = fetch(client).await;
    }
}

async fn fetch(client: &Client) -> anyhow::Result<Value> {
    client.get("/v1/fleet", &[]).await
}

/// Two tables and a line; with `--json` the document on one line.
fn show(screen: Screen, fleet: &Value) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.show(fleet);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", summary(fleet))?;
    let providers = items(&fleet["queue"]["providers"]);
    if !providers.is_empty() {
        writeln!(out, "{}", queue(&providers))?;
    }
    let members = items(&fleet["members"]);
    if members.is_empty() {
        writeln!(out, "nobody works: start `stet worker` and `stet scheduler`")?;
    } else {
        writeln!(out, "{}", table(&members))?;
    }
    Ok(())
}

fn items(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}

fn summary(fleet: &Value) -> String {
    let queue = &fleet["queue"];
    let mut line = format!(
        "{} of {} slots in flight, {} cells/s; {} waiting",
        fleet["in_flight"], fleet["slots"], fleet["cells_per_second"], queue["depth"]
    );
    if let Some(age) = queue["oldest_age_ms"].as_u64() {
        write!(line, ", the oldest for {}", duration(age)).expect("writing to a String cannot fail");
    }
    let alive =
        items(&fleet["members"]).iter().filter(|m| m["duty"] == "worker" && m["state"] == "alive").count();
    write!(line, "; {alive} workers, {} useful", fleet["workers_useful"])
        .expect("writing to a String cannot fail");
    line
}

fn queue(providers: &[Value]) -> comfy_table::Table {
    let mut table = plain();
    table.set_header(["provider", "waiting", "running", "oldest", "useful slots", "blocked until"]);
    for of in providers {
        table.add_row([
            text(&of["provider"]),
            text(&of["depth"]),
            text(&of["running"]),
            of["oldest_age_ms"].as_u64().map_or_else(|| "–".to_owned(), duration),
            text(&of["useful_slots"]),
            text(&of["blocked_until"]),
        ]);
    }
    table
}

fn table(members: &[Value]) -> comfy_table::Table {
    let mut table = plain();
    table.set_header([
        "member",
        "duty",
        "state",
        "slots",
        "in flight",
        "cells/s",
        "a cell",
        "last tick",
        "build",
    ]);
    for member in members {
        // A scheduler executes nothing.
        let of_worker =
            |name: &str| if member["duty"] == "worker" { text(&member[name]) } else { "–".to_owned() };
        table.add_row([
            text(&member["incarnation"]),
            text(&member["duty"]),
            text(&member["state"]),
            of_worker("slots"),
            of_worker("in_flight"),
            of_worker("cells_per_second"),
            member["slot_held_ms"].as_u64().map_or_else(|| "–".to_owned(), duration),
            member["last_tick_ms"]
                .as_u64()
                .map_or_else(|| "–".to_owned(), |ms| format!("{} ago", duration(ms))),
            text(&member["build"]),
        ]);
    }
    table
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => visible(text),
        other => other.to_string(),
    }
}

/// In the largest unit that leaves a number of at least 1.
fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_its_unit() {
        for (ms, told) in
            [(0, "0 ms"), (999, "999 ms"), (1_250, "1.2 s"), (61_000, "1 min 1 s"), (3_660_000, "1 h 1 min")]
        {
            assert_eq!(duration(ms), told);
        }
    }
}
