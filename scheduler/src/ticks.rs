//! Whose tick it is, where several schedulers share a database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_coord::{CoordError, FlightFence, SingleFlight};
use tokio::sync::Mutex;

/// How long a lead lasts that is not taken anew: who dies is followed within it (reliability.md, fault scenario 15: 30 s).
const LEAD: Duration = Duration::from_secs(15);

/// The ticks of this process. A tick is a row with a fence and a lease: who takes it acts, and nobody else does until the lease has ended, a little before the
/// next is due.
pub(crate) struct Ticks {
    /// None where one process is alone: every tick is its own.
    flights: Option<Arc<dyn SingleFlight>>,
    holder: String,
    lead: Mutex<Option<Lead>>,
}

struct Lead {
    fence: FlightFence,
    /// By this process's own clock, and begun before the database granted it: never trusted for longer than it holds.
    since: Instant,
}

impl Ticks {
    pub(crate) fn alone() -> Self {
        Self { flights: None, holder: String::new(), lead: Mutex::default() }
    }

    pub(crate) fn shared(flights: Arc<dyn SingleFlight>, holder: String) -> Self {
        Self { flights: Some(flights), holder, lead: Mutex::default() }
    }

    /// Takes the tick of a duty that is done every `every`; `false` where another took it.
    pub(crate) async fn fire(&self, duty: &str, every: Duration) -> Result<bool, CoordError> {
        let Some(flights) = &self.flights else { return Ok(true) };
        // Nine tenths: who ticked last is in time for the next, whatever the jitter of its timer.
        let lease_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX) / 10 * 9;
        Ok(flights.try_lead(&format!("scheduler/{duty}"), &self.holder, lease_ms.max(1)).await?.is_some())
    }

    /// Whether this process leads in a duty that keeps something in mind from one tick to the next. A lead is taken anew well before it ends.
    pub(crate) async fn lead(&self, duty: &str) -> Result<bool, CoordError> {
        let Some(flights) = &self.flights else { return Ok(true) };
        let name = format!("scheduler/{duty}/lead");
        let mut lead = self.lead.lock().await;
        if let Some(held) = lead.as_ref() {
            if held.since.elapsed() < LEAD / 3 {
                return Ok(true);
            }
            // Given up and taken again: another may come between, and leads then.
            flights.release(&name, held.fence).await?;
            *lead = None;
        }
        let since = Instant::now();
        let lease_ms = u64::try_from(LEAD.as_millis()).unwrap_or(u64::MAX);
        *lead = flights.try_lead(&name, &self.holder, lease_ms).await?.map(|fence| Lead { fence, since });
        Ok(lead.is_some())
    }

    /// Gives the lead up, so that nobody waits for its end.
    pub(crate) async fn give_up(&self, duty: &str) -> Result<(), CoordError> {
        let held = self.lead.lock().await.take();
        match (&self.flights, held) {
            (Some(flights), Some(held)) => {
                flights.release(&format!("scheduler/{duty}/lead"), held.fence).await
            }
            _ => Ok(()),
        }
    }
}
