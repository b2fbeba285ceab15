//! The test command: everything that must hold before a change lands, in the order in which it fails fastest.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::services::Services;
use crate::{arrows, faults, fuzz, owners, recorded, shell, tidy, tools, wasm};

/// Which steps to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only steps whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// List the steps and end.
    #[arg(long)]
    list: bool,
}

type Step = (&'static str, &'static str, fn() -> anyhow::Result<()>);

/// How long each fuzz target runs in the test command.
const FUZZ_SECONDS: u32 = 5;

/// Name, what it shows, and how.
const STEPS: &[Step] = &[
    ("fmt", "rustfmt leaves everything as it is", || shell::run("cargo", &["fmt", "--all", "--check"])),
    ("tidy", "style's walls on the text", tidy::check),
    ("arrows", "crates use what is drawn", || arrows::check().and_then(|()| owners::check())),
    ("clippy", "no lint speaks", clippy),
    ("tests", "unit and integration tests, generated files included", tests),
    (
        "tests-postgres",
        "the same operations, API, worker and scheduler on PostgreSQL through PgBouncer",
        tests_on_postgres,
    ),
    (
        "tests-redis",
        "what processes agree on, worker and scheduler with a Redis in front of PostgreSQL",
        || run_tests(&Services::start()?, &BEHIND_REDIS, "redis"),
    ),
    (
        "recorded",
        "real answers of the providers are read as expected, where recordings lie beside the project",
        recorded::check,
    ),
    ("doctests", "examples in the documentation run", || {
        shell::run("cargo", &["test", "--quiet", "--workspace", "--doc"])
    }),
    ("docs", "the documentation builds without a warning", docs),
    ("vectors-python", "the Python implementation agrees with every vector", || {
        tools::ensure_python()?;
        shell::run("python3", &["vectors/python/run.py"])
    }),
    ("vectors-typescript", "the TypeScript implementation agrees with every vector", typescript),
    ("als-catalogue", "the catalogue's data agrees with its sources", als_catalogue),
    ("wasm", "the canonical forms compile for wasm32", wasm::check),
    ("fuzz", "no fuzz target finds a failure in a few seconds", || fuzz::run(FUZZ_SECONDS)),
    (
        "faults",
        "a fleet whose members are killed, stopped, paused and doubled loses nothing and doubles nothing",
        faults::short,
    ),
    ("demo", "the demo runs end to end on a fresh folder", demo),
];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|(name, ..)| options.only.as_deref().is_none_or(|only| name.contains(only)))
        .collect();
    if chosen.is_empty() {
        bail!("no step is named so; --list shows them");
    }
    if options.list {
        for (name, shows, _) in chosen {
            println!("{name:20} {shows}");
        }
        return Ok(());
    }
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for (name, shows, step) in chosen {
        println!("\n=== {name}: {shows}");
        let started = Instant::now();
        step()
            .with_context(|| format!("step {name} failed; repeat it by `cargo xtask test --only {name}`"))?;
        times.push((name, started.elapsed()));
    }
    println!("\n=== all steps passed");
    for (name, time) in &times {
        println!("{name:20} {:>7.1} s", time.as_secs_f64());
    }
    println!("steps: {} passed, 0 failed", times.len());
    Ok(())
}

fn clippy() -> anyhow::Result<()> {
    shell::run(
        "cargo",
        &["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"],
    )
}

fn tests() -> anyhow::Result<()> {
    // The binary is what the end-to-end tests start.
    shell::run("cargo", &["build", "--quiet", "--package", "stet-cli"])?;
    let services = Services::start()?;
    run_tests(&services, &["--workspace"], "sqlite")
}

/// What stands on a database and is no driver of one: it must hold on PostgreSQL as it does on SQLite, and through a pooler at that.
const ON_POSTGRES: [&str; 10] = [
    "--package",
    "stet-coord",
    "--package",
    "stet-ops",
    "--package",
    "stet-api",
    "--package",
    "stet-worker",
    "--package",
    "stet-scheduler",
];

/// What asks Redis before the rows.
const BEHIND_REDIS: [&str; 6] =
    ["--package", "stet-coord", "--package", "stet-worker", "--package", "stet-scheduler"];

fn tests_on_postgres() -> anyhow::Result<()> {
    run_tests(&Services::start()?, &ON_POSTGRES, "pooled")
}

fn run_tests(services: &Services, packages: &[&str], engine: &str) -> anyhow::Result<()> {
    let runner: &[&str] = if shell::output("cargo", &["nextest", "--version"]).is_some() {
        &["nextest", "run"]
    } else {
        println!("cargo-nextest is not installed: running cargo test");
        &["test"]
    };
    let mut command = shell::command("cargo", runner);
    command.args(packages).args(["--all-features", "--no-fail-fast"]).env("TEST_ENGINE", engine);
    services.tell(&mut command);
    shell::run_command(command)
}

fn docs() -> anyhow::Result<()> {
    let mut command =
        shell::command("cargo", &["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"]);
    command.env("RUSTDOCFLAGS", "--deny warnings");
    shell::run_command(command)
}

fn typescript() -> anyhow::Result<()> {
    tools::ensure_node()?;
    let folder = shell::root().join("vectors/typescript");
    for arguments in [["ci", "--silent"].as_slice(), &["run", "--silent", "build"], &["test", "--silent"]] {
        let mut command = shell::command("npm", arguments);
        command.current_dir(&folder);
        shell::run_command(command)?;
    }
    Ok(())
}

fn als_catalogue() -> anyhow::Result<()> {
    tools::ensure_python()?;
    let venv = shell::root().join("target/als-check");
    let python = venv.join("bin/python");
    if !Path::new(&python).is_file() {
        shell::run("python3", &["-m", "venv", &venv.to_string_lossy()])?;
    }
    let python = python.to_string_lossy();
    let requirements = "shared/domain/data/als/check-requirements.txt";
    shell::run(
        &python,
        &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
    )?;
    shell::run(&python, &["shared/domain/data/als/check.py"])
}

fn demo() -> anyhow::Result<()> {
    let folder = shell::root().join("target/demo-check");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let manifest = shell::root().join("Cargo.toml");
    for start in ["first", "second"] {
        // As the README has it, but for the profile: what `cargo run` means is part of the check.
        let arguments = ["run", "--quiet", "--manifest-path", &manifest.to_string_lossy(), "--", "demo"];
        let mut command = shell::command("cargo", &arguments);
        command.args(["--exit", "--json", "--port", "0"]);
        command.current_dir(&folder).stdin(std::process::Stdio::null());
        let output = command.output()?;
        if !output.status.success() {
            bail!(
                "the {start} demo ended with {}:\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("the {start} demo printed no single JSON document"))?;
        let succeeded = report.pointer("/batch/counters/succeeded").and_then(serde_json::Value::as_u64);
        let disagreeing = report.pointer("/verification/disagreeing").and_then(serde_json::Value::as_u64);
        if succeeded != Some(240) || disagreeing != Some(0) {
            bail!("the {start} demo did not end as it should: {report}");
        }
        println!("the {start} demo: 240 cells succeeded, every hash and HMAC verifies");
    }
    Ok(())
}
