//! A folder of one test, and commands in it that see nothing of the machine's settings.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Ended, Process};

pub(crate) struct Bed {
    folder: TempDir,
}

impl Bed {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; its name is good as an argument, for commands run in the folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// What lies in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }

    pub(crate) fn command(&self, settings: &[(&str, &str)], arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stet"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env_clear().envs(settings.iter().copied());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn stet(&self, settings: &[(&str, &str)], arguments: &[&str]) -> Ended {
        Process::start(self.command(settings, arguments)).end()
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The example template, changed; without its canary prompts, for tests count calls.
pub(crate) fn example(change: impl FnOnce(&mut Value)) -> String {
    let mut template: Value =
        serde_json::from_str(include_str!("../../../examples/vat-question.json")).unwrap();
    template["config"]["canary"] = Value::Null;
    change(&mut template);
    template.to_string()
}

/// A submission of so many replicates of two locales in the given modes.
pub(crate) fn submission(modes: &[&str], replicates: u32) -> String {
    json!({
        "locales": ["de-DE", "it-IT"],
        "grounding_modes": modes,
        "replicates": replicates,
        "inputs": {},
        "drift_policy": "hard",
    })
    .to_string()
}
