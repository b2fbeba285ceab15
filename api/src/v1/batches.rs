//! `/v1/batches`.

pub(crate) mod attempts;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod runs;
pub(crate) mod verify;
