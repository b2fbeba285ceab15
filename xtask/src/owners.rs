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
    let offences = offences(&metadata);
    if offences.is_empty() {
        let reached = reachable(&metadata, "stet-api").len();
        println!("owners: stet-api reaches {reached} crates, none behind the seam");
        return Ok(());
    }
    bail!("the wall of owners is broken:\n  {}", offences.join("\n  "));
}

/// Three layers keep the queue from `stet-api`: no arrow is drawn to it (`arrows`), its library is named by `stet-queue` alone, and neither is reached by any
/// path through other crates.
fn offences(metadata: &Metadata) -> Vec<String> {
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
    let behind = |name: &str| name.starts_with(BEHIND_THE_SEAM) || name == "stet-queue";
    for name in reachable(metadata, "stet-api") {
        if behind(&name) {
            offences.push(format!("stet-api reaches {name}"));
        }
    }
    // The controls: a check that finds nothing where there is something to find would be no check.
    if !reachable(metadata, "stet-api").contains("sqlx-sqlite") {
        offences.push(
            "the control failed: stet-api reaches sqlx through stet-coord and was not seen to".to_owned(),
        );
    }
    let from_cli = reachable(metadata, "stet-cli");
    for name in ["stet-queue", "apalis", "apalis-core", "apalis-postgres"] {
        if !from_cli.contains(name) {
            offences.push(format!("the control failed: stet-cli reaches {name} and was not seen to"));
        }
    }
    offences
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

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Metadata {
        MetadataCommand::new().current_dir(shell::root()).exec().unwrap()
    }

    /// Puts an edge between two crates of the workspace that stands between two others.
    fn with_edge(from: &str, to: &str, like: &str) -> Metadata {
        let mut metadata = metadata();
        let id = |name: &str| {
            metadata.packages.iter().find(|package| package.name.as_str() == name).unwrap().id.clone()
        };
        let (from, to, like) = (id(from), id(to), id(like));
        let nodes = &mut metadata.resolve.as_mut().unwrap().nodes;
        let edge = nodes.iter().find(|node| node.id == like).unwrap();
        let edge = edge.deps.iter().find(|dependency| dependency.pkg == to).unwrap().clone();
        nodes.iter_mut().find(|node| node.id == from).unwrap().deps.push(edge);
        metadata
    }

    #[test]
    fn the_walls_stand() {
        assert_eq!(offences(&metadata()), [""; 0]);
    }

    #[test]
    fn a_path_to_the_queue_is_seen_however_long() {
        for from in ["stet-api", "stet-ops", "stet-domain"] {
            let broken = offences(&with_edge(from, "stet-queue", "stet-cli"));
            for reached in ["stet-queue", "apalis", "apalis-core", "apalis-postgres"] {
                let offence = format!("stet-api reaches {reached}");
                assert!(broken.contains(&offence), "{from}: {offence} is not in {broken:?}");
            }
        }
        let broken = offences(&with_edge("stet-store", "apalis", "stet-queue"));
        assert!(broken.contains(&"stet-api reaches apalis".to_owned()), "{broken:?}");
    }

    #[test]
    fn who_names_the_library_is_told() {
        let mut named = metadata();
        let apalis = {
            let queue = named.packages.iter().find(|package| package.name.as_str() == "stet-queue").unwrap();
            queue.dependencies.iter().find(|dependency| dependency.name == "apalis").unwrap().clone()
        };
        let api = named.packages.iter_mut().find(|package| package.name.as_str() == "stet-api").unwrap();
        api.dependencies.push(apalis);
        assert!(offences(&named).contains(&"stet-api may not name apalis".to_owned()));
    }
}
