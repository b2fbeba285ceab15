//! Text: canonical of canonical is itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stet_canon::text;

fuzz_target!(|document: &[u8]| {
    if let Ok(canonical) = text::canonicalize(document) {
        assert!(!canonical.contains('\r'));
        assert_eq!(text::canonical(&canonical), canonical);
    }
});
