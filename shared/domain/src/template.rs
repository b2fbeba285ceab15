//! The typed template, and the rules that go beyond its spelling.

pub use stet_canon::template::*;
