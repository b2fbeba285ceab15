//! Generated files: written by the crates' own tests, so that the code that knows a table also prints it.

use crate::shell;

/// Set for the tests of generated files: they write instead of comparing.
const SWITCH: &str = "STET_GENERATE";

pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let mut command = shell::command("cargo", &["test", "--quiet", "--workspace", "--tests", "generated::"]);
    if !check {
        command.env(SWITCH, "1");
    }
    shell::run_command(command)
}
