//! What a verification says.

use stet_domain::Digest;
use stet_domain::code::ErrorCode;
use stet_domain::verify::Disagreement;
use stet_store::StoreError;

use crate::OpError;

/// The result of recomputing every hash and HMAC of one thing (system.md, "Immutability and integrity").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Its identity as stored: `template_sha256`, `batch_sha256`, `run_sha256` or the head of a segment; `None` for a run that has none, and where a column is unreadable.
    pub sha256: Option<Digest>,
    /// The first field that disagrees; `None` where everything holds.
    pub disagreement: Option<Disagreement>,
}

impl Verification {
    /// Whether everything holds.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.disagreement.is_none()
    }

    /// A column that holds what no version of Stet writes was tampered with: that is an answer here and no failure.
    pub(crate) fn of(proved: Result<Self, OpError>) -> Result<Self, OpError> {
        match proved {
            Err(OpError::Store(StoreError::Corrupt { what, detail })) => {
                let disagreement =
                    Disagreement { field: field(&what).into(), code: ErrorCode::HashMismatch, detail };
                Ok(Self { sha256: None, disagreement: Some(disagreement) })
            }
            proved => proved,
        }
    }
}

/// The field of a `table.column`; the tables of lists within a thing stay, before a slash.
fn field(what: &str) -> String {
    match what.split_once('.') {
        Some((
            "citations"
            | "attempts"
            | "exchanges"
            | "lock_epochs"
            | "preflight_attempts"
            | "preflight_exchanges",
            _,
        ))
        | None => what.replacen('.', "/", 1),
        Some((_, column)) => column.to_owned(),
    }
}
