//! Whether the secrets are those that the records of this database were made with.

use secrecy::ExposeSecret as _;
use stet_domain::als::{Keyring, secret_check};
use stet_domain::record::KeyState;
use stet_store::{KeyCheck, KeyKind};

use crate::{OpError, Ops};

/// The id that the pepper has among the checks: there is one at a time.
const PEPPER_ID: &str = "pepper";

/// A key by what it is for and its id.
pub type KeyName = (KeyKind, String);

/// What a comparison of the secrets with the database's found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFindings {
    /// Keys that have another secret than when they were first used here: nothing may be served with them.
    pub changed: Vec<KeyName>,
    /// Keys that this database was served with and that are neither configured any more nor retired.
    pub missing: Vec<KeyName>,
}

impl Ops {
    /// Compares every secret with the one that its id had before, and remembers those that are new; where one changed nothing is remembered.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn check_keys(&self) -> Result<KeyFindings, OpError> {
        let offered = self.key_checks();
        let changed = self.store().keep_key_checks(&offered, self.parts.clock.now()).await?;
        let known = self.store().key_checks().await?;
        let missing = known
            .into_iter()
            .filter(|known| !offered.iter().any(|key| key.is_of_key_of(known)) && !self.is_retired(known));
        Ok(KeyFindings {
            changed: changed.into_iter().map(name).collect(),
            missing: missing.map(name).collect(),
        })
    }

    fn is_retired(&self, key: &KeyCheck) -> bool {
        let keys = &self.parts.record_keys;
        key.kind == KeyKind::Record && keys.state(&key.key_id) == Some(KeyState::Retired)
    }

    fn key_checks(&self) -> Vec<KeyCheck> {
        let check = |kind, (id, mac): (&str, [u8; 32])| KeyCheck { kind, key_id: id.to_owned(), mac };
        let mut checks = Vec::new();
        checks.extend(
            self.als_keys().into_iter().flat_map(Keyring::checks).map(|key| check(KeyKind::Als, key)),
        );
        checks.extend(self.parts.record_keys.checks().map(|key| check(KeyKind::Record, key)));
        let pepper = secret_check(self.parts.pepper.0.expose_secret());
        checks.push(check(KeyKind::Pepper, (PEPPER_ID, pepper)));
        checks
    }
}

fn name(check: KeyCheck) -> KeyName {
    (check.kind, check.key_id)
}
