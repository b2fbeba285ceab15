//! JSON Schemas: a canonical schema is within its bound and its own canonical form.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stet_canon::{Json, schema};

fuzz_target!(|document: &[u8]| {
    let Ok(json) = Json::parse(document) else { return };
    if let Ok(canonical) = schema::canonicalize(&json, "") {
        assert!(canonical.to_canonical_bytes().len() <= schema::MAX_SCHEMA_BYTES);
        assert_eq!(schema::canonicalize(&canonical, "").as_ref(), Ok(&canonical));
    }
});
