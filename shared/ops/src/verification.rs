//! What a verification finds.

use stet_domain::code::ErrorCode;

/// One thing that does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `HASH_MISMATCH`, `HMAC_MISMATCH` or `RECORD_KEY_UNKNOWN`.
    pub code: ErrorCode,
    /// The field that disagrees, a JSON pointer into the thing as the API shows it.
    pub field: String,
    /// What is stored.
    pub stored: String,
    /// What the rest of the record makes of it.
    pub computed: String,
}

/// The result of recomputing every hash and HMAC of one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// The fields that were recomputed and compared, in order.
    pub checked: Vec<&'static str>,
    /// What disagrees, in the same order; empty where everything verifies.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Whether everything agrees.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn check<T: PartialEq + ToString>(&mut self, field: &'static str, stored: &T, computed: &T) {
        self.check_as(ErrorCode::HashMismatch, field, stored, computed);
    }

    pub(crate) fn check_as<T: PartialEq + ToString>(
        &mut self,
        code: ErrorCode,
        field: &'static str,
        stored: &T,
        computed: &T,
    ) {
        self.checked.push(field);
        if stored != computed {
            self.findings.push(Finding {
                code,
                field: format!("/{field}"),
                stored: stored.to_string(),
                computed: computed.to_string(),
            });
        }
    }
}
