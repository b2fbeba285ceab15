//! `/v1/runs`.

pub(crate) mod attempts;
pub(crate) mod blockers;
pub(crate) mod get;
pub(crate) mod verify;
