//! Single-flight: one leader at a time for a named piece of work (reliability.md rule 10).

use async_trait::async_trait;

use crate::CoordError;

/// The number of a lead: a later one of the same name is greater, and what a leader writes carries its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlightFence(pub i64);

/// Leads by name, each with a fence and a lease by the database's clock.
#[async_trait]
pub trait SingleFlight: Send + Sync {
    /// Takes the lead where nobody holds an unexpired lease; `None` where somebody does.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    async fn try_lead(
        &self,
        name: &str,
        holder: &str,
        lease_ms: u64,
    ) -> Result<Option<FlightFence>, CoordError>;

    /// Ends the lead of that fence; a lead that has passed on is left alone.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    async fn release(&self, name: &str, fence: FlightFence) -> Result<(), CoordError>;
}
