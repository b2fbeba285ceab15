//! The members of a fleet as they tell of themselves. Nothing depends on it but what people see (api.md, `GET /v1/fleet`).

use std::time::Duration;

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::member::Duty;

use crate::CoordError;

/// What a member tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// Host, process and start.
    pub incarnation: String,
    /// What it does.
    pub duty: Duty,
    /// The build that it is of.
    pub build: String,
    /// Cells that it may have in flight.
    pub slots: u64,
    /// Cells that it has in flight.
    pub in_flight: u64,
    /// What it did lately.
    pub lately: Lately,
}

/// What a member did in its last minute, or in as much of it as it lived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lately {
    /// So long, in milliseconds.
    pub window_ms: u64,
    /// Cells whose end it wrote.
    pub cells_ended: u64,
    /// How long those held their slots, in milliseconds, together.
    pub slots_held_ms: u64,
}

/// A member that has not left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What it told last.
    pub told: Beat,
    /// When it told of itself first, by the database's clock.
    pub started_at: Timestamp,
    /// When it told last, by the same.
    pub seen_at: Timestamp,
    /// Whether that is recent enough to take it for alive.
    pub alive: bool,
}

/// One row a member.
#[async_trait]
pub trait Members: Send + Sync {
    /// Keeps what a member tells.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    async fn beat(&self, beat: &Beat) -> Result<(), CoordError>;

    /// Takes the member off the list.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    async fn leave(&self, incarnation: &str) -> Result<(), CoordError>;

    /// Those that are alive and those that were lost within the hour, by duty and start.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails or a row is unreadable.
    async fn members(&self) -> Result<Vec<Member>, CoordError>;
}

/// How often a member tells of itself.
pub const BEAT_EVERY: Duration = Duration::from_secs(2);
/// A member that was not heard of for so long is taken for lost.
pub(crate) const LOST_AFTER: Duration = Duration::from_secs(15);
/// A member that was lost for so long is not shown any more, and its row is the next one's.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);
