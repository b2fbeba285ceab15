//! Running commands in the workspace.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("xtask lies in the workspace's root").to_path_buf()
}

/// A command that starts in the root.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a command with its output shown; another exit status than 0 is an error.
pub(crate) fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    run_command(command(program, arguments))
}

/// Runs a prepared command with its output shown; another exit status than 0 is an error.
pub(crate) fn run_command(mut command: Command) -> anyhow::Result<()> {
    let said = format!("{command:?}");
    let status = command.status().with_context(|| format!("{said} cannot be started"))?;
    if !status.success() {
        bail!("{said} ended with {status}");
    }
    Ok(())
}

/// What a command prints, or `None` where it cannot be started or fails.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program, arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
