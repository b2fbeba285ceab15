//! The wall of owners: which crates may name a third-party crate, and what `api` must not reach by any path.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

use crate::shell;

/// Third-party crate → the crates that may name it outside of tests (docs/spec/style.md, "Wall: owners").
const OWNERS: &[(&str, &[&str])] = &[
    // testkit makes databases for tests; nothing else may use it.
    ("sqlx", &["stet-store-sql", "stet-coord", "stet-queue", "stet-testkit"]),
    ("reqwest", &["stet-provider-http", "stet-cli"]),
    ("redis", &["stet-coord", "stet-queue"]),
    ("axum", &["stet-api", "stet-console", "stet-simulator", "stet-cli"]),
    ("figment", &["stet-cli"]),
    ("clap", &["stet-cli", "stet-bench", "xtask"]),
];

/// Crates that nothing may bring in: another TLS or a second database driver.
const BANNED: &[&str] = &["openssl", "openssl-sys", "native-tls", "apalis-sql"];

/// What `stet-api` must not reach, directly or through another crate: the queue library (system.md, seam 1).
const BEHIND_THE_SEAM: &str = "apalis";

pub(crate) fn check() -> anyhow::Result<()> {
    let metadata = MetadataCommand::new().current_dir(shell::root()).exec()?;
    let mut offences = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development)
        {
            let apalis = dependency.name.starts_with("apalis") && package.name.as_str() != "stet-queue";
            let owned = OWNERS.iter().find(|(name, _)| *name == dependency.name);
            if apalis || owned.is_some_and(|(_, owners)| !owners.contains(&package.name.as_str())) {
                offences.push(format!("{} may not name {}", package.name, dependency.name));
            }
        }
    }
    for package in &metadata.packages {
        if BANNED.contains(&package.name.as_str()) {
            offences.push(format!("{} is in the tree", package.name));
        }
    }
    let reached = reachable(&metadata, "stet-api");
    for name in &reached {
        if name.starts_with(BEHIND_THE_SEAM) {
            offences.push(format!("stet-api reaches {name}"));
        }
    }
    // The control: a check that finds nothing where there is something to find would be no check.
    if !reached.contains("sqlx-sqlite") {
        offences.push(
            "the control failed: stet-api reaches sqlx through stet-coord and was not seen to".to_owned(),
        );
    }
    if offences.is_empty() {
        println!("owners: stet-api reaches {} crates, none behind the seam", reached.len());
        return Ok(());
    }
    bail!("the wall of owners is broken:\n  {}", offences.join("\n  "));
}

/// The names of all crates that `from` reaches outside of tests.
fn reachable(metadata: &Metadata, from: &str) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().expect("asked for with dependencies");
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<&PackageId, String> =
        metadata.packages.iter().map(|package| (&package.id, package.name.to_string())).collect();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&PackageId> =
        metadata.packages.iter().filter(|p| p.name.as_str() == from).map(|p| &p.id).collect();
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(id) else { continue };
        for dependency in &node.deps {
            let linked = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if linked && seen.insert(names[&dependency.pkg].clone()) {
                open.push(&dependency.pkg);
            }
        }
    }
    seen
}
