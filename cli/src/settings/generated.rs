//! The reference of settings, printed from the table: written where `STET_GENERATE` is set, else compared.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::TABLE;

#[test]
fn settings() {
    let mut text = String::from(
        "# Settings\n\nGenerated from `cli/src/settings/table.rs` by `cargo xtask generate`. Defaults < file < environment. A file (`--config FILE`, TOML) spells the \
         names in lower case. An unknown or invalid setting stops the start with its name, its value and what is allowed; `stet config check` shows what is in force.\n\n\
         | name | default | allowed | what it does |\n|---|---|---|---|\n",
    );
    for setting in TABLE {
        let default = setting.default.map_or_else(|| "–".to_owned(), |default| format!("`{default}`"));
        let secret = if setting.secret { " Secret: never shown." } else { "" };
        writeln!(
            text,
            "| `{}` | {default} | {} | {}{secret} |",
            setting.name,
            setting.check.allowed(),
            setting.doc
        )
        .unwrap();
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    #[expect(clippy::disallowed_methods, reason = "the switch of `cargo xtask generate`")]
    if std::env::var_os("STET_GENERATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "docs/settings.md differs from the code: run `cargo xtask generate`");
}
