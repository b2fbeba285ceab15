//! The coordination port: what processes over one database agree on, with its adapters on SQL and Redis.
//!
//! A [`SingleFlight`] lets one of many callers do a piece of work; a [`VersionCache`] keeps what it brought; [`ProviderVersions`] joins the two
//! for the providers' model lists (system.md, seam 4; reliability.md rule 10). [`ProviderGates`] holds what all keep to before a call: a provider's own
//! word to wait, and the limits of its account. [`Members`] is the list of who works. [`sql`] is the truth of all of it; [`redis`] stands in
//! front of it where a fleet has one.
#![expect(
    clippy::duplicate_mod,
    reason = "one body is compiled once per engine (docs/spec/style.md, habit 5)"
)]

mod admission;
mod error;
mod flight;
mod gates;
mod heartbeat;
mod listing;
mod members;
mod meter;
mod pace;
pub mod redis;
mod run_flights;
mod shared_flight;
pub mod sql;
mod version_cache;
mod versions;

pub use error::{CoordError, VersionsError};
pub use flight::{FlightFence, SingleFlight};
pub use gates::{Admission, AdmissionRequest, Delay, ProviderGate, ProviderGates, Settlement};
pub use heartbeat::{Who, Work, beat};
pub use listing::CachedListing;
pub use members::{BEAT_EVERY, Beat, Lately, Member, Members};
pub use meter::{FlightMeter, NoMeter};
pub use pace::Pace;
pub use run_flights::{EveryHint, RunFlights};
pub use version_cache::{CacheRead, CacheWrite, VersionCache};
pub use versions::{ProviderVersions, Versions, VersionsPorts, VersionsSettings, VersionsSource};
