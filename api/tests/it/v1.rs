//! `/v1`.

mod api_keys;
mod batches;
mod fleet;
mod providers;
mod runs;
mod schedules;
mod segments;
mod templates;
