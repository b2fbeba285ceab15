//! The canonical forms compile for wasm32, so that a browser can check a hash.

use std::path::Path;

use crate::{shell, tools};

/// A compiler of Debian's with the sources of its standard library: for machines whose toolchain lacks the wasm32 library and
/// cannot fetch it.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const TARGET: &str = "wasm32-unknown-unknown";

pub(crate) fn check() -> anyhow::Result<()> {
    let library = shell::output("rustc", &["--print", "target-libdir", "--target", TARGET]);
    let arguments = ["check", "--package", "stet-canon", "--target", TARGET, "--target-dir", "target/wasm"];
    if library.is_some_and(|path| Path::new(&path).is_dir()) {
        return shell::run("cargo", &arguments);
    }
    tools::ensure("a standard library for wasm32", &["rustc-web", "rust-web-src"], || {
        debian_sources().is_some()
    })?;
    let sources = debian_sources().expect("just ensured");
    let mut command = shell::command("cargo", &arguments);
    command
        .arg("-Zbuild-std=std,panic_abort")
        .env("RUSTC", DEBIAN_RUSTC)
        // Building the standard library is not a stable feature of cargo; nothing else here needs the key.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_TESTS_ONLY_SRC_ROOT", sources);
    shell::run_command(command)
}

/// The folder of the library sources that belong to Debian's compiler.
fn debian_sources() -> Option<String> {
    let version = shell::output(DEBIAN_RUSTC, &["--version"])?;
    let number = version.split(' ').nth(1)?;
    let library = format!("/usr/src/rustc-{number}/library");
    Path::new(&library).join("core").is_dir().then_some(library)
}
