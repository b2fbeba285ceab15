//! `/v1/batches`.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod runs;
