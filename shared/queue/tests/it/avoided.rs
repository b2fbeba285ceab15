//! What of the library is not called at all (reliability.md, "apalis 1.0.0, as measured": "Avoid").

use std::path::{Path, PathBuf};

/// Retries that do not wait, keys that fail a whole push, a clean-up that breaks what waits, ticks that fire everywhere, stops that reach one process, a lock over
/// the backlog.
const AVOIDED: [&str; 9] = [
    "RetryAfterError",
    "RetryPolicy",
    "idempotency_key",
    ".vacuum(",
    "apalis_cron",
    "CronStream",
    ".pause()",
    "lock_tasks(true)",
    "persist_results(false)",
];

#[test]
fn what_the_library_does_wrong_is_not_called() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut pushes = 0;
    for path in &sources {
        let text = std::fs::read_to_string(path).unwrap();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for avoided in AVOIDED {
            assert!(!code.iter().any(|line| line.contains(avoided)), "{}: {avoided}", path.display());
        }
        pushes += code.iter().filter(|line| line.contains("max_attempts(1)")).count();
    }
    // The control: what is looked through is the code that pushes.
    assert!(pushes > 0, "{} sources, none of which pushes", sources.len());
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
