//! `/v1/providers`.

pub(crate) mod list;
pub(crate) mod versions;
