//! The binary `stet`, end to end: real processes, each in a folder of its own.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]
#![expect(clippy::print_stderr, reason = "a test run tells its seed and what it met")]

mod als;
mod audit;
mod batch;
mod bed;
mod canary;
mod canon;
mod config;
mod crash;
mod database;
mod demo;
mod http;
mod key;
mod postgres;
mod process;
mod schedule;
mod shutdown;
mod site;
mod startup;
mod template;
