//! The one binary stet: settings, wiring, shutdown and client verbs.
fn main() {}
