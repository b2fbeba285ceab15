//! Fuzzing: every target for a few seconds, where a nightly toolchain is present.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::shell;

/// Folders of fuzz targets: workspaces of their own, as cargo-fuzz lays them out.
const FOLDERS: &[&str] = &["shared/canon/fuzz", "shared/provider-http/fuzz"];

/// What cargo-fuzz passes to the compiler, less the address sanitizer: there is no unsafe code to watch.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Cdebug-assertions -Ccodegen-units=1";

/// Runs every target for so many seconds.
pub(crate) fn run(seconds: u32) -> anyhow::Result<()> {
    if shell::output("cargo", &["+nightly", "--version"]).is_none() {
        println!("no nightly toolchain: fuzz targets are not run here");
        return Ok(());
    }
    let host = host()?;
    for folder in FOLDERS {
        let folder = shell::root().join(folder);
        // A named target keeps the flags away from build scripts, which are not linked with the fuzzer.
        let mut build = shell::command(
            "cargo",
            &["+nightly", "build", "--quiet", "--release", "--bins", "--target", &host],
        );
        build.current_dir(&folder).env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", target());
        shell::run_command(build)?;
        for name in names(&folder)? {
            one(&folder, &target().join(&host).join("release").join(&name), seconds)?;
        }
    }
    Ok(())
}

/// One build folder for all: the targets share their dependencies.
fn target() -> PathBuf {
    shell::root().join("target/fuzz")
}

fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let targets = folder.join("fuzz_targets");
    let listing =
        std::fs::read_dir(&targets).with_context(|| format!("{} cannot be read", targets.display()))?;
    let mut names = Vec::new();
    for entry in listing {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    if names.is_empty() {
        bail!("{} has no fuzz target", targets.display());
    }
    Ok(names)
}

fn host() -> anyhow::Result<String> {
    let version = shell::output("rustc", &["--version", "--verbose"]).context("rustc does not answer")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    Ok(host.to_owned())
}

fn one(folder: &Path, binary: &Path, seconds: u32) -> anyhow::Result<()> {
    let name = binary.file_name().unwrap_or_default().to_string_lossy();
    let corpus = folder.join("corpus").join(name.as_ref());
    std::fs::create_dir_all(&corpus)?;
    let mut fuzzer = shell::command(&binary.to_string_lossy(), &[]);
    fuzzer
        .current_dir(folder)
        .arg(&corpus)
        .args([
            format!("-max_total_time={seconds}"),
            "-timeout=10".to_owned(),
            "-rss_limit_mb=2048".to_owned(),
        ])
        .stderr(std::process::Stdio::piped());
    let output = fuzzer.output().with_context(|| format!("the fuzzer {name} cannot be started"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("the fuzzer {name} found a failure:\n{said}");
    }
    println!("{name}: {}", said.lines().last().unwrap_or("ran"));
    Ok(())
}
