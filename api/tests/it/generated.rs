//! Committed files that this crate's code makes.

use std::path::Path;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the switch that turns a comparison into a writing is a test's own"
)]
fn openapi() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = stet_api::openapi::document_text();
    if std::env::var("STET_GENERATE").is_ok() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "api/openapi.json is not what the code makes: run `cargo xtask generate`");
}
