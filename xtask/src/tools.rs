//! What the checks need beyond the Rust toolchain, installed by apt where it is missing.

use anyhow::bail;

use crate::shell;

/// Installs Debian packages unless `present` says that what they bring is there.
pub(crate) fn ensure(what: &str, packages: &[&str], present: impl Fn() -> bool) -> anyhow::Result<()> {
    if present() {
        return Ok(());
    }
    println!("{what} is missing: installing {}", packages.join(" "));
    if shell::output("apt-get", &["--version"]).is_none() {
        bail!("{what} is missing and there is no apt-get here: install {} by hand", packages.join(", "));
    }
    let install = |program: &str, prefix: &[&str]| -> anyhow::Result<()> {
        let run = |arguments: &[&str]| {
            let mut all = prefix.to_vec();
            all.extend_from_slice(arguments);
            let mut command = shell::command(program, &all);
            command.env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null());
            shell::run_command(command)
        };
        run(&["update"])?;
        let mut arguments = vec!["install", "-y", "--no-install-recommends"];
        arguments.extend_from_slice(packages);
        run(&arguments)
    };
    if shell::output("id", &["-u"]).as_deref() == Some("0") {
        install("apt-get", &[])?;
    } else {
        install("sudo", &["-n", "apt-get"])?;
    }
    if present() { Ok(()) } else { bail!("{what} is still missing after installing {}", packages.join(" ")) }
}

/// Node with npm, for the TypeScript vectors.
pub(crate) fn ensure_node() -> anyhow::Result<()> {
    ensure("Node.js", &["nodejs", "npm"], || {
        shell::output("node", &["--version"]).is_some() && shell::output("npm", &["--version"]).is_some()
    })
}

/// Python 3.11 with venv, for the Python vectors and the catalogue's check.
pub(crate) fn ensure_python() -> anyhow::Result<()> {
    ensure("Python 3", &["python3", "python3-venv"], || {
        shell::output("python3", &["-c", "import venv, ensurepip"]).is_some()
    })
}
