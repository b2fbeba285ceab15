//! Time and randomness as arguments.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

/// A moment in UTC, in microseconds since 1970-01-01; printed as RFC 3339 with exactly six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment and `ms` milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms.saturating_mul(1000)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).map_err(|_out_of_range| fmt::Error)?;
        write!(f, "{moment:.6}")
    }
}

/// A text that is no RFC 3339 moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no RFC 3339 time")]
pub struct InvalidTimestamp(pub String);

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        text.parse::<jiff::Timestamp>()
            .map(|moment| Self(moment.as_microsecond()))
            .map_err(|_unreadable| InvalidTimestamp(text.chars().take(64).collect()))
    }
}

/// The wall clock of this process: for records and tokens, never for leases or due times (reliability.md rule 9).
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The source of ids and of every other random value.
pub trait Ids: Send + Sync {
    /// A new ULID, greater than every earlier one of this source.
    fn ulid(&self) -> Ulid;

    /// Fills `bytes` from a cryptographic source: keys, secrets, jitter.
    fn fill(&self, bytes: &mut [u8]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_six_decimals_and_reads_back() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000000Z");
        let moment = Timestamp(1_795_400_000_000_001);
        assert_eq!(moment.to_string().parse(), Ok(moment));
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}
