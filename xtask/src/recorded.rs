//! Real recorded answers, which stay out of the project: every one is read and held against what is expected of it.

use std::path::Path;

use anyhow::Context;

use crate::shell;

/// Where recordings may lie beside the project, seen from its root.
pub(crate) const FOLDER: &str = "../shared/recorded";

/// Reads every answer of a folder; a disagreement is an error.
pub(crate) fn run(folder: &Path) -> anyhow::Result<()> {
    let folder = folder.canonicalize().with_context(|| format!("{} cannot be read", folder.display()))?;
    let folder = folder.to_string_lossy();
    shell::run(
        "cargo",
        &["run", "--quiet", "--package", "stet-provider-http", "--example", "recorded", "--", &folder],
    )
}

/// The same of the folder beside the project, where there is one.
pub(crate) fn check() -> anyhow::Result<()> {
    let folder = shell::root().join(FOLDER);
    if !folder.is_dir() {
        println!("no recorded answers at {FOLDER}: nothing to read");
        return Ok(());
    }
    run(&folder)
}
