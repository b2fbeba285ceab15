//! `/v1`.

mod api_keys;
mod batches;
mod fleet;
mod providers;
mod runs;
mod segments;
mod templates;
