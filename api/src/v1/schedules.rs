//! `/v1/schedules`.

pub(crate) mod end;
pub(crate) mod fires;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod pause;
pub(crate) mod resume;
