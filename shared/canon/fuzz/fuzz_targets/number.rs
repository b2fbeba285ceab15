//! Number literals: one spelling per value, no exponent, and the same answer inside a document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stet_canon::{Number, output};

fuzz_target!(|literal: &str| {
    let number = Number::from_literal(literal);
    if let Ok(number) = &number {
        let text = number.as_str();
        assert!(text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.')));
        assert_eq!(Number::from_literal(text).as_ref(), Ok(number));
        assert_eq!(output::canonicalize(literal.as_bytes()).as_deref(), Ok(text.as_bytes()));
    }
});
