//! `/v1`: the folders below mirror the paths, one operation a file.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod batches;
pub(crate) mod fleet;
pub(crate) mod providers;
pub(crate) mod runs;
pub(crate) mod schedules;
pub(crate) mod segments;
pub(crate) mod templates;
