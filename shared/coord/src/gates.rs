//! The gates before a provider: what it told all to wait for, and the limits that all keep together (reliability.md rule 8; api.md, "Limits").

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::provider_limits::{ProviderGateKind, ProviderLimits};

use crate::CoordError;

/// How a provider's gates stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderGate {
    /// Which provider.
    pub provider: Provider,
    /// The database's clock at this look.
    pub now: Timestamp,
    /// Until when nobody calls; past where the gate is open.
    pub blocked_until: Timestamp,
    /// The answer that closed it last.
    pub reason: Option<ErrorCode>,
    /// When the calls admitted so far are paid for.
    pub requests_until: Timestamp,
    /// When the tokens reserved so far are paid for.
    pub tokens_until: Timestamp,
    /// Calls under way, over all living processes; told where a concurrency is limited.
    pub slots: u64,
}

/// What was used beyond what was admitted; negative where less was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Calls.
    pub calls: i64,
    /// Tokens.
    pub tokens: i64,
}

/// What one process asks for at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdmissionRequest<'a> {
    /// Of whom.
    pub provider: Provider,
    /// The limits in force.
    pub limits: ProviderLimits,
    /// The process.
    pub holder: &'a str,
    /// How long its slots count without being told again; a dead process's come back then.
    pub lease_ms: u64,
    /// Its calls under way.
    pub in_use: u64,
    /// The calls that it would begin, by the tokens that each may take; none where it only settles or renews.
    pub wanted: &'a [u64],
    /// What is to be corrected of earlier admissions.
    pub settled: Settlement,
}

/// What held calls back, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// The gate.
    pub gate: ProviderGateKind,
    /// When the next may come, in microseconds from now; `None` where no moment is known: another's call has to end.
    pub wait_us: Option<u64>,
}

/// How many of the wanted calls may begin now: the first so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// So many.
    pub admitted: usize,
    /// What held the others back; `None` where all were admitted.
    pub delay: Option<Delay>,
}

/// One row a provider, and one a provider and process; all by the database's clock.
#[async_trait]
pub trait ProviderGates: Send + Sync {
    /// The gates of every provider that ever had one.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails or a row is unreadable.
    async fn read(&self) -> Result<Vec<ProviderGate>, CoordError>;

    /// Closes a provider's gate for every process: until so long from now, or until when it is closed already, whichever is later.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    async fn block(&self, provider: Provider, wait_ms: u64, reason: ErrorCode) -> Result<(), CoordError>;

    /// Admits as many of the wanted calls as gate and limits allow, settles earlier ones, and counts the process's calls under way.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails: nothing was admitted or settled then.
    async fn admit(&self, request: &AdmissionRequest<'_>) -> Result<Admission, CoordError>;
}
