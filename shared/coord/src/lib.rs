//! The coordination port: what processes over one database agree on, with its SQL adapter.
//!
//! A [`SingleFlight`] lets one of many callers do a piece of work; a [`VersionCache`] keeps what it brought; [`ProviderVersions`] joins the two
//! for the providers' model lists (system.md, seam 4; reliability.md rule 10). Provider gates and limits, and the Redis adapter, are further
//! files beside these.
#![expect(
    clippy::duplicate_mod,
    reason = "one body is compiled once per engine (docs/spec/style.md, habit 5)"
)]

mod error;
mod flight;
mod listing;
mod meter;
mod shared_flight;
pub mod sql;
mod version_cache;
mod versions;

pub use error::{CoordError, VersionsError};
pub use flight::{FlightFence, SingleFlight};
pub use listing::CachedListing;
pub use meter::{FlightMeter, NoMeter};
pub use version_cache::{CacheRead, CacheWrite, VersionCache};
pub use versions::{ProviderVersions, Versions, VersionsPorts, VersionsSettings, VersionsSource};
