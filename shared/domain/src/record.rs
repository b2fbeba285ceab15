//! Sealed records: what the HMAC of a template, of a batch's definition, of a lock epoch, of a look at its canary prompts, of a terminal run and of a segment of them covers (canonical.md §4; system.md, "Immutability and integrity").

mod batch;
mod canary;
mod ended;
mod exchange;
mod lock;
mod run;
mod segment;
mod template;

use std::collections::BTreeSet;
use std::fmt;

use secrecy::SecretString;
use stet_canon::Digest;
use stet_canon::record::record_hmac;

pub use batch::BatchRecord;
pub use canary::CanaryRecord;
pub use ended::EndedRun;
pub use exchange::{ExchangeRecord, sealed_exchanges};
pub use lock::LockRecord;
pub use run::RunRecord;
pub use segment::{SEGMENT_MAX_RECORDS, SegmentRecord};
pub use template::TemplateRecord;

use crate::clock::Timestamp;
use crate::ids::OrgId;
use crate::keyring::{Keyring, KeyringError};

/// The keys of record HMACs: a ring of its own, never shared with ALS.
///
/// A key is [`KeyState::Active`], then [`KeyState::VerifyOnly`] when a later one is listed, and in the end [`KeyState::Retired`].
pub struct RecordKeys {
    ring: Keyring,
    retired: BTreeSet<String>,
}

/// What a record key is good for (system.md, "Immutability and integrity").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It seals what is new.
    Active,
    /// It proves what was sealed under it, and seals no more.
    VerifyOnly,
    /// It proves nothing any more: whoever has it may have made the record.
    Retired,
}

/// The HMAC of a record and the id of its key, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// `record_hmac`.
    pub hmac: [u8; 32],
    /// The key's id.
    pub key_id: String,
}

/// What a seal proves: everything that is stored of a thing but the seal itself.
pub trait Record {
    /// What the seal covers.
    fn sealed(&self) -> Sealed<'_>;

    /// The seal to store with it.
    #[must_use]
    fn seal(&self, keys: &RecordKeys) -> Seal {
        keys.seal(&self.sealed())
    }

    /// Checks a stored seal.
    #[must_use]
    fn check(&self, keys: &RecordKeys, seal: &Seal) -> SealCheck {
        keys.check(&self.sealed(), seal)
    }
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
    /// The key of that id is retired.
    KeyRetired,
}

impl RecordKeys {
    /// Reads `k1:BASE64,k2:BASE64`; new records take the last listed.
    ///
    /// # Errors
    /// [`KeyringError`] for the first entry that breaks a rule.
    pub fn parse(text: &SecretString) -> Result<Self, KeyringError> {
        Keyring::parse(text).map(|ring| Self { ring, retired: BTreeSet::new() })
    }

    /// The same with the keys of these ids retired, whether their secrets are listed or not.
    ///
    /// # Errors
    /// The id of the active key: what is new could not be sealed.
    pub fn retire(self, ids: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let retired: BTreeSet<String> = ids.into_iter().collect();
        match retired.get(self.ring.default_id()) {
            Some(active) => Err(active.clone()),
            None => Ok(Self { retired, ..self }),
        }
    }

    /// What the key of that id is good for; `None` where it is neither listed nor retired.
    #[must_use]
    pub fn state(&self, id: &str) -> Option<KeyState> {
        if self.retired.contains(id) {
            Some(KeyState::Retired)
        } else if id == self.ring.default_id() {
            Some(KeyState::Active)
        } else {
            self.ring.contains(id).then_some(KeyState::VerifyOnly)
        }
    }

    /// The ids, in the order listed.
    #[must_use]
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ring.ids()
    }

    /// As [`Keyring::checks`].
    #[must_use]
    pub fn checks(&self) -> impl ExactSizeIterator<Item = (&str, [u8; 32])> {
        self.ring.checks()
    }

    /// Seals a record under the default key.
    fn seal(&self, sealed: &Sealed<'_>) -> Seal {
        let key_id = self.ring.default_id().to_owned();
        let hmac = self.hmac(&key_id, sealed).expect("the default id is one of the ring's");
        Seal { hmac, key_id }
    }

    /// Checks a stored seal, comparing in constant time.
    fn check(&self, sealed: &Sealed<'_>, seal: &Seal) -> SealCheck {
        match self.hmac(&seal.key_id, sealed) {
            _ if self.retired.contains(&seal.key_id) => SealCheck::KeyRetired,
            None => SealCheck::KeyUnknown,
            Some(expected) if equal(&expected, &seal.hmac) => SealCheck::Intact,
            Some(_) => SealCheck::Broken,
        }
    }

    fn hmac(&self, key_id: &str, sealed: &Sealed<'_>) -> Option<[u8; 32]> {
        let Sealed { org, id, record_sha256, created_at } = sealed;
        self.ring.with_secret(key_id, |key| {
            record_hmac(key, org.as_str(), id, *record_sha256, &created_at.to_string())
        })
    }
}

impl fmt::Debug for RecordKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordKeys")
            .field("ids", &self.ids().collect::<Vec<_>>())
            .field("retired", &self.retired)
            .finish_non_exhaustive()
    }
}

/// The four fields of `record_hmac` (canonical.md §4).
pub struct Sealed<'a> {
    /// Whose it is.
    pub org: &'a OrgId,
    /// Its id within the org, in the words of its kind.
    pub id: String,
    /// The digest of all that is stored of it.
    pub record_sha256: Digest,
    /// When it came to be.
    pub created_at: Timestamp,
}

/// Whether two HMACs are equal, in a time that does not tell where they differ.
fn equal(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.iter().zip(right).fold(0, |seen, (left, right)| seen | (left ^ right)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const K1: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const K2: &str = "k2:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn keys(listed: &str, retired: &[&str]) -> RecordKeys {
        let keys = RecordKeys::parse(&SecretString::from(listed)).unwrap();
        keys.retire(retired.iter().map(|id| (*id).to_owned())).unwrap()
    }

    /// A record sealed under k1 on the way of that key: active, verify-only, retired with its secret and without it, and simply not listed.
    #[test]
    fn a_key_goes_from_active_over_verify_only_to_retired() {
        let org = "default".parse().unwrap();
        let record = || Sealed {
            org: &org,
            id: "run_1".to_owned(),
            record_sha256: Digest::of(b"record"),
            created_at: Timestamp(1),
        };
        let seal = keys(K1, &[]).seal(&record());
        let both = format!("{K1},{K2}");
        for (keys, state, check, signs) in [
            (keys(K1, &[]), Some(KeyState::Active), SealCheck::Intact, "k1"),
            (keys(&both, &[]), Some(KeyState::VerifyOnly), SealCheck::Intact, "k2"),
            (keys(&both, &["k1"]), Some(KeyState::Retired), SealCheck::KeyRetired, "k2"),
            (keys(K2, &["k1"]), Some(KeyState::Retired), SealCheck::KeyRetired, "k2"),
            (keys(K2, &[]), None, SealCheck::KeyUnknown, "k2"),
        ] {
            assert_eq!(keys.state(&seal.key_id), state, "{keys:?}");
            assert_eq!(keys.check(&record(), &seal), check, "{keys:?}");
            assert_eq!(keys.seal(&record()).key_id, signs);
        }
    }

    #[test]
    fn the_active_key_cannot_be_retired() {
        let keys = RecordKeys::parse(&SecretString::from(format!("{K1},{K2}"))).unwrap();
        assert_eq!(keys.retire(["k2".to_owned()]).unwrap_err(), "k2");
    }
}
