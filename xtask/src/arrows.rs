//! The wall of arrows: which crate of the workspace may depend on which (docs/spec/style.md). An undrawn crate or arrow fails,
//! and so does a drawn one that is gone.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::shell;

/// Crate → the crates that it may use outside of tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("stet-canon", &[]),
    ("stet-domain", &["stet-canon"]),
    ("stet-store", &["stet-domain"]),
    ("stet-provider", &["stet-domain"]),
    ("stet-coord", &["stet-domain"]),
    ("stet-ops", &["stet-canon", "stet-coord", "stet-domain", "stet-store"]),
    ("stet-store-sql", &["stet-domain", "stet-store"]),
    ("stet-provider-http", &["stet-domain", "stet-provider"]),
    ("stet-simulator", &["stet-domain"]),
    ("stet-worker", &["stet-coord", "stet-domain", "stet-ops", "stet-provider"]),
    ("stet-queue", &["stet-domain"]),
    ("stet-scheduler", &["stet-coord", "stet-domain", "stet-ops"]),
    ("stet-api", &["stet-canon", "stet-domain", "stet-ops", "stet-store"]),
    (
        "stet-cli",
        &[
            "stet-api",
            "stet-canon",
            "stet-coord",
            "stet-domain",
            "stet-ops",
            "stet-provider",
            "stet-provider-http",
            "stet-queue",
            "stet-scheduler",
            "stet-simulator",
            "stet-store",
            "stet-store-sql",
            "stet-worker",
        ],
    ),
    // Used by tests only, or run by hand: what they use binds nobody.
    ("stet-testkit", &["stet-coord", "stet-domain", "stet-store", "stet-store-sql"]),
    (
        "stet-bench",
        &[
            "stet-canon",
            "stet-coord",
            "stet-domain",
            "stet-ops",
            "stet-provider",
            "stet-provider-http",
            "stet-queue",
            "stet-scheduler",
            "stet-store",
            "stet-store-sql",
            "stet-worker",
        ],
    ),
    ("xtask", &[]),
];

pub(crate) fn check() -> anyhow::Result<()> {
    let drawn: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let metadata = MetadataCommand::new().current_dir(shell::root()).no_deps().exec()?;
    let members: BTreeSet<String> =
        metadata.packages.iter().map(|package| package.name.to_string()).collect();
    for package in &metadata.packages {
        let uses = found.entry(package.name.to_string()).or_default();
        for dependency in &package.dependencies {
            if dependency.kind != DependencyKind::Development && members.contains(&dependency.name) {
                uses.insert(dependency.name.clone());
            }
        }
    }
    let mut offences = Vec::new();
    for (from, uses) in &found {
        let Some(allowed) = drawn.get(from.as_str()) else {
            offences.push(format!("{from} is not drawn"));
            continue;
        };
        for to in uses {
            if !allowed.contains(to.as_str()) {
                offences.push(format!("{from} → {to} is not drawn"));
            }
            if to == "stet-testkit" {
                offences.push(format!("{from} uses stet-testkit outside of tests"));
            }
        }
    }
    for from in drawn.keys() {
        if !found.contains_key(*from) {
            offences.push(format!("{from} is drawn and does not exist"));
        }
    }
    if offences.is_empty() {
        println!("arrows: {} crates, every arrow drawn", found.len());
        return Ok(());
    }
    bail!("the wall of arrows is broken:\n  {}", offences.join("\n  "));
}
