//! The account that servers run under: PostgreSQL and PgBouncer refuse to run as root.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::shell;

/// The account that Debian's packages make.
const ACCOUNT: &str = "postgres";

fn is_root() -> bool {
    shell::output("id", &["-u"]).as_deref() == Some("0")
}

/// The account, where it is another than that of the tests.
pub(super) fn other() -> Option<&'static str> {
    is_root().then_some(ACCOUNT)
}

/// A command that runs under the account, or as whoever runs the tests when that is not root.
pub(super) fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        // No process stands between: a signal reaches the server itself.
        command.args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(arguments).current_dir("/");
    command
}

/// A new folder that the account owns.
pub(super) fn folder(name: &str) -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("stet-{name}-{}", std::process::id()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    own(&folder)?;
    Ok(folder)
}

/// Gives a file or folder to the account.
pub(crate) fn own(path: &Path) -> anyhow::Result<()> {
    if is_root() {
        shell::run("chown", &[&format!("{ACCOUNT}:{ACCOUNT}"), &path.to_string_lossy()])?;
    }
    Ok(())
}

/// A port of the loopback that nobody listens on.
pub(super) fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
