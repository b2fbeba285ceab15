//! `/v1/templates`.

pub(crate) mod batch_run;
pub(crate) mod create;
pub(crate) mod diff;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod schedule;
pub(crate) mod verify;
