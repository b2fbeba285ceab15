//! Sealed records: what the HMAC of a template, of a batch's definition, of a lock epoch and of a terminal run covers (canonical.md §4; system.md, "Immutability and integrity").

mod batch;
mod exchange;
mod lock;
mod run;
mod template;

use std::fmt;

use secrecy::SecretString;
use stet_canon::Digest;
use stet_canon::record::record_hmac;

pub use batch::BatchRecord;
pub use exchange::{ExchangeRecord, sealed_exchanges};
pub use lock::LockRecord;
pub use run::RunRecord;
pub use template::TemplateRecord;

use crate::clock::Timestamp;
use crate::ids::OrgId;
use crate::keyring::{Keyring, KeyringError};

/// The keys of record HMACs: a ring of its own, never shared with ALS.
pub struct RecordKeys(Keyring);

/// The HMAC of a record and the id of its key, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// `record_hmac`.
    pub hmac: [u8; 32],
    /// The key's id.
    pub key_id: String,
}

/// What became of the check of a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealCheck {
    /// The record is what was sealed.
    Intact,
    /// The record or its HMAC was changed.
    Broken,
    /// This server has no key of that id.
    KeyUnknown,
}

impl RecordKeys {
    /// Reads `k1:BASE64,k2:BASE64`; new records take the last listed.
    ///
    /// # Errors
    /// [`KeyringError`] for the first entry that breaks a rule.
    pub fn parse(text: &SecretString) -> Result<Self, KeyringError> {
        Keyring::parse(text).map(Self)
    }

    /// The ids, in the order listed.
    #[must_use]
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.ids()
    }

    /// As [`Keyring::checks`].
    #[must_use]
    pub fn checks(&self) -> impl ExactSizeIterator<Item = (&str, [u8; 32])> {
        self.0.checks()
    }

    /// Seals a record under the default key.
    pub(crate) fn seal(&self, identity: &Sealed<'_>) -> Seal {
        let key_id = self.0.default_id().to_owned();
        let hmac = self.hmac(&key_id, identity).expect("the default id is one of the ring's");
        Seal { hmac, key_id }
    }

    /// Checks a stored seal, comparing in constant time.
    pub(crate) fn check(&self, identity: &Sealed<'_>, hmac: &[u8; 32], key_id: &str) -> SealCheck {
        match self.hmac(key_id, identity) {
            None => SealCheck::KeyUnknown,
            Some(expected) if equal(&expected, hmac) => SealCheck::Intact,
            Some(_) => SealCheck::Broken,
        }
    }

    fn hmac(&self, key_id: &str, sealed: &Sealed<'_>) -> Option<[u8; 32]> {
        let Sealed { org, id, record_sha256, created_at } = sealed;
        self.0.with_secret(key_id, |key| {
            record_hmac(key, org.as_str(), id, *record_sha256, &created_at.to_string())
        })
    }
}

impl fmt::Debug for RecordKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RecordKeys").field(&self.ids().collect::<Vec<_>>()).finish()
    }
}

/// The four fields of `record_hmac` (canonical.md §4).
pub(crate) struct Sealed<'a> {
    pub(crate) org: &'a OrgId,
    pub(crate) id: String,
    pub(crate) record_sha256: Digest,
    pub(crate) created_at: Timestamp,
}

/// Whether two HMACs are equal, in a time that does not tell where they differ.
fn equal(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.iter().zip(right).fold(0, |seen, (left, right)| seen | (left ^ right)) == 0
}
