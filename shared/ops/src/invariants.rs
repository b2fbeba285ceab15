//! The audit of the invariants (reliability.md, "Invariants"): ids and counts over every org, for who runs the system.

mod audit_rows;
mod audit_seals;
mod audited_orgs;

use std::fmt;

use stet_domain::ids::{BatchId, OrgId, RunId, TemplateId};
use stet_domain::invariant::Invariant;
use stet_domain::verify::Disagreement;
use stet_store::Check;

/// How many offences are told of each invariant and org, at most; the others are counted.
pub const OFFENCES_TOLD: usize = 10;

/// What is asked of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Work goes on: what waits or runs is no offence.
    AtWork,
    /// Everything should have ended (I7).
    AtRest,
}

/// What was found of one invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The invariant.
    pub invariant: Invariant,
    /// How many rows, or things with a seal, were looked at.
    pub looked: u64,
    /// How many of them break it.
    pub violations: u64,
    /// The first of those.
    pub offences: Vec<Offence>,
}

/// Something that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// Its org.
    pub org: OrgId,
    /// What it is.
    pub subject: OffenceSubject,
    /// What disagrees, where a proof says so: the field and the code, never what stands there.
    pub disagreement: Option<String>,
}

/// What breaks an invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffenceSubject {
    /// A template.
    Template(TemplateId),
    /// A batch.
    Batch(BatchId),
    /// A run.
    Run(RunId),
    /// A segment, by its number.
    Segment(i64),
}

impl fmt::Display for OffenceSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(id) => id.fmt(f),
            Self::Batch(id) => id.fmt(f),
            Self::Run(id) => id.fmt(f),
            Self::Segment(number) => write!(f, "segments/{number}"),
        }
    }
}

impl Finding {
    fn nothing(invariant: Invariant) -> Self {
        Self { invariant, looked: 0, violations: 0, offences: Vec::new() }
    }

    /// Adds what was found elsewhere of the same invariant.
    pub fn add(&mut self, other: Self) {
        debug_assert_eq!(self.invariant, other.invariant);
        self.looked += other.looked;
        self.violations += other.violations;
        let room = OFFENCES_TOLD.saturating_sub(self.offences.len());
        self.offences.extend(other.offences.into_iter().take(room));
    }

    /// Counts a thing that was proved, or was not.
    fn proved(&mut self, org: &OrgId, subject: OffenceSubject, found: Option<&Disagreement>) {
        self.looked += 1;
        let Some(found) = found else { return };
        self.violations += 1;
        if self.offences.len() < OFFENCES_TOLD {
            let disagreement = Some(format!("{}: {}", found.field, found.code));
            self.offences.push(Offence { org: org.clone(), subject, disagreement });
        }
    }
}

impl Moment {
    /// What can be judged then.
    fn judges(self, check: Check) -> bool {
        self == Self::AtRest || check != Check::Unfinished
    }
}
