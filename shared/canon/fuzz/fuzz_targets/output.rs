//! JSON documents: both ways to the canonical bytes agree, and canonical of canonical is itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stet_canon::{Json, output};

fuzz_target!(|document: &[u8]| {
    let written = output::canonicalize(document);
    assert_eq!(written, Json::parse(document).map(|json| json.to_canonical_bytes()));
    if let Ok(bytes) = written {
        assert_eq!(output::canonicalize(&bytes), Ok(bytes));
    }
});
