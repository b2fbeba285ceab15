//! The coordination port on real engines.

#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod fixture;
mod gates;
mod members;
mod redis;
mod single_flight;
mod versions;
