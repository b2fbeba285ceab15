//! What a look goes by: what was hinted at first, the rows where nothing is.

use std::sync::Arc;
use std::time::Duration;

use stet_coord::RunFlights;
use stet_domain::Provider;
use stet_ops::rows::{OfferedRun, Wanted};
use stet_ops::turns::Turns;
use stet_ops::{OpError, Ops};

use crate::hints::Hints;
use crate::options::WorkerOptions;

/// A look at the rows is at least at so many, whatever number of slots is free: among them are those whose turn it is.
const LOOK_LEAST: u32 = 64;

/// What one look found.
pub(crate) enum Seen {
    /// Runs that may be claimed.
    Offered(Vec<OfferedRun>),
    /// What was hinted at is done with already; there may be more.
    Stale,
    /// Nothing waits, as far as anybody said.
    Nothing,
}

/// The memory of one executor's looks.
pub(crate) struct Sight {
    pub(crate) turns: Turns,
    pub(crate) hints: Hints,
    /// Tells which hints are doubled, before any row is looked at.
    flights: Arc<dyn RunFlights>,
    hinted: bool,
}

impl Sight {
    pub(crate) fn new(hints: Hints, flights: Arc<dyn RunFlights>) -> Self {
        Self { turns: Turns::default(), hints, flights, hinted: false }
    }

    /// Whether the last look went by a hint: the next one has others, so that it may follow at once.
    pub(crate) const fn hinted(&self) -> bool {
        self.hinted
    }

    /// Looks for work of these providers for so many slots; a hint that does not fill them waits for others as long as `window`.
    pub(crate) async fn look(
        &mut self,
        ops: &Ops,
        providers: Vec<Provider>,
        slots: usize,
        window: Duration,
    ) -> Result<Seen, OpError> {
        let hinted = self.hints.gather(slots, window).await;
        self.hinted = !hinted.is_empty();
        if self.hinted {
            let untold = self.flights.untold(hinted).await;
            if untold.is_empty() {
                return Ok(Seen::Stale);
            }
            let offered = ops.hinted_runs(&untold, &providers).await?;
            return Ok(if offered.is_empty() { Seen::Stale } else { Seen::Offered(offered) });
        }
        if !self.hints.rows_are_due() {
            return Ok(Seen::Nothing);
        }
        let limit = self.turns.offer_for(u32::try_from(slots).unwrap_or(u32::MAX).max(LOOK_LEAST));
        let offered = ops.offered_runs(&Wanted { providers, after: self.turns.after(), limit }).await?;
        if offered.is_empty() {
            self.hints.rows_had_nothing(WorkerOptions::POLL_BESIDE_HINTS);
            return Ok(Seen::Nothing);
        }
        self.turns.saw(&offered);
        Ok(Seen::Offered(offered))
    }
}
