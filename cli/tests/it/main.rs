//! The binary `stet`, end to end: real processes, each in a folder of its own.

mod als;
mod batch;
mod bed;
mod canon;
mod config;
mod crash;
mod database;
mod demo;
mod http;
mod key;
mod process;
mod shutdown;
mod site;
mod startup;
mod template;
