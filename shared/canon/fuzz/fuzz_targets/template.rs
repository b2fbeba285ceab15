//! Templates: what is accepted is its own canonical form and can be read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stet_canon::template::{self, Template};

fuzz_target!(|config: &[u8]| {
    if let Ok(bytes) = template::canonicalize(config) {
        assert_eq!(template::canonicalize(&bytes).as_ref(), Ok(&bytes));
        let template = Template::parse(&bytes).expect("a canonical template is a template");
        assert_eq!(template.canonical_bytes(), bytes);
    }
});
