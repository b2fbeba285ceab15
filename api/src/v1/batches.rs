//! `/v1/batches`.

pub(crate) mod attempts;
pub(crate) mod cancel;
pub(crate) mod drift;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod matrix;
pub(crate) mod pause;
pub(crate) mod resume;
pub(crate) mod retry;
pub(crate) mod runs;
pub(crate) mod verify;
