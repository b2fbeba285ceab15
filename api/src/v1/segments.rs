//! `/v1/segments`.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod verify;
