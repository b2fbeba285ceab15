//! Style as law: what can be measured on the text of the sources (docs/spec/style.md, "Habits").

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::bail;
use regex::Regex;

use crate::shell;

const FILE_MAX_LINES: usize = 600;
const BANNED_NAMES: &[&str] = &["common", "utils", "util", "types", "helpers", "helper", "misc"];

pub(crate) fn check() -> anyhow::Result<()> {
    let files = tracked()?;
    let mut offences = Vec::new();
    for path in &files {
        names(path, &mut offences);
        if path.extension().is_some_and(|extension| extension == "rs") {
            lengths(path, &mut offences)?;
        }
    }
    reachable(&files, &mut offences)?;
    traces(&files, &mut offences)?;
    named_tests(&files, &mut offences)?;
    if offences.is_empty() {
        println!("tidy: {} files", files.len());
        return Ok(());
    }
    bail!("not tidy:\n  {}", offences.join("\n  "));
}

/// Files that git tracks or would: nothing that is ignored.
fn tracked() -> anyhow::Result<Vec<PathBuf>> {
    let listing = shell::output("git", &["ls-files", "--cached", "--others", "--exclude-standard"])
        .ok_or_else(|| anyhow::anyhow!("git ls-files failed"))?;
    Ok(listing.lines().map(PathBuf::from).filter(|path| shell::root().join(path).is_file()).collect())
}

fn read(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&std::fs::read(shell::root().join(path))?).into_owned())
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches" | "fuzz")))
        || path.file_name().is_some_and(|name| name == "tests.rs")
}

fn names(path: &Path, offences: &mut Vec<String>) {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let folders = path.iter().filter_map(|part| part.to_str());
    if BANNED_NAMES.contains(&stem) || folders.into_iter().any(|folder| BANNED_NAMES.contains(&folder)) {
        offences.push(format!("{}: a name that says nothing", path.display()));
    }
}

fn lengths(path: &Path, offences: &mut Vec<String>) -> anyhow::Result<()> {
    let lines = read(path)?.lines().count();
    if lines > FILE_MAX_LINES && !is_test(path) {
        offences.push(format!("{}: {lines} lines, at most {FILE_MAX_LINES}", path.display()));
    }
    Ok(())
}

/// Every source file is declared by another, or is a root that cargo knows.
fn reachable(files: &[PathBuf], offences: &mut Vec<String>) -> anyhow::Result<()> {
    let declaration = Regex::new(
        r#"(?m)^\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+([a-z0-9_]+)\s*;|path\s*=\s*"([^"]+)"|include!\(\s*"([^"]+)""#,
    )?;
    let sources: Vec<&PathBuf> =
        files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    let mut declared: BTreeSet<PathBuf> = BTreeSet::new();
    for path in &sources {
        let folder = path.parent().unwrap_or(Path::new(""));
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let own =
            if matches!(stem, "lib" | "main" | "mod") { folder.to_path_buf() } else { folder.join(stem) };
        for found in declaration.captures_iter(&read(path)?) {
            if let Some(name) = found.get(1) {
                declared.insert(own.join(format!("{}.rs", name.as_str())));
                declared.insert(own.join(name.as_str()).join("mod.rs"));
            }
            if let Some(file) = found.get(2).or(found.get(3)) {
                declared.insert(normal(&folder.join(file.as_str())));
                declared.insert(normal(&own.join(file.as_str())));
            }
        }
    }
    for path in sources {
        let root =
            path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") || path.ends_with("build.rs");
        let target = ["tests", "benches", "examples", "fuzz_targets", "bin"].iter().any(|folder| {
            path.parent().is_some_and(|parent| parent.ends_with(folder))
                || path.ends_with(format!("{folder}/it/main.rs"))
        });
        if !root && !target && !declared.contains(path.as_path()) {
            offences.push(format!("{}: no module declares it", path.display()));
        }
    }
    Ok(())
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// A decision that names a test by its file and its name names one that is there.
fn named_tests(files: &[PathBuf], offences: &mut Vec<String>) -> anyhow::Result<()> {
    let named = Regex::new(r"`([a-z0-9_/-]+\.rs)` `([a-z0-9_]+)`")?;
    for path in files.iter().filter(|path| path.starts_with("docs/decisions")) {
        for found in named.captures_iter(&read(path)?) {
            let (file, test) = (Path::new(&found[1]), &found[2]);
            let stands =
                files.iter().any(|known| known == file) && read(file)?.contains(&format!("fn {test}("));
            if !stands {
                offences.push(format!("{}: {} has no test {test}", path.display(), file.display()));
            }
        }
    }
    Ok(())
}

/// Left-over notes, conflict marks and paths of a machine.
fn traces(files: &[PathBuf], offences: &mut Vec<String>) -> anyhow::Result<()> {
    // Spelt in pieces, so that this file does not accuse itself.
    let banned = Regex::new(&format!(
        "{}|{}|{}|^{}|{}",
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["un", "implemented!"].concat(),
        ["<<<<", "<<< "].concat(),
        ["(?:^|[\\s\"'=])/(?:wor", "k|home|root)/"].concat(),
    ))?;
    for path in files {
        let text_file = path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
            matches!(extension, "rs" | "toml" | "md" | "sql" | "py" | "ts" | "sh" | "json" | "html" | "css")
        });
        if !text_file || path.starts_with("docs/spec") {
            continue;
        }
        for (index, line) in read(path)?.lines().enumerate() {
            if banned.is_match(line) {
                offences.push(format!("{}:{}: a trace that does not belong here", path.display(), index + 1));
            }
        }
    }
    Ok(())
}
