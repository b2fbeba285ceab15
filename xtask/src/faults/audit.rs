//! `stet audit` over a fleet that has come to rest.

use anyhow::bail;
use serde_json::Value;

use super::fleet::Fleet;

/// What it looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Audited {
    pub(super) looked: u64,
}

/// Every invariant, seals included; whatever is broken is an error that names it.
pub(super) fn audit(fleet: &Fleet, at_rest: bool) -> anyhow::Result<Audited> {
    let arguments: &[&str] = if at_rest { &["audit", "--json", "--at-rest"] } else { &["audit", "--json"] };
    let done = fleet.beside(arguments).output()?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let broken: Vec<String> = lines
        .iter()
        .filter(|line| line["violations"].as_u64().is_some_and(|count| count > 0))
        .map(ToString::to_string)
        .collect();
    if !broken.is_empty() {
        bail!("the audit found what is broken: {}", broken.join("; "));
    }
    if !done.status.success() {
        bail!("the audit ended with {}: {}", done.status, String::from_utf8_lossy(&done.stderr));
    }
    let looked = lines.iter().filter_map(|line| line["looked"].as_u64()).sum();
    if looked == 0 {
        bail!("the audit looked at nothing: {text}");
    }
    Ok(Audited { looked })
}
