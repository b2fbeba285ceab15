//! Named secrets: `k1:BASE64,k2:BASE64`, the last listed being the default (system.md, "ALS").

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;

/// Bytes that a secret has at least.
pub const MIN_SECRET_BYTES: usize = 32;

/// Bytes that a secret has at most.
pub const MAX_SECRET_BYTES: usize = 1_024;

/// Characters of a key id at most.
pub const MAX_KEY_ID_CHARS: usize = 32;

/// Keys in one ring at most: each rotation adds one.
pub const MAX_KEYS: usize = 64;

/// Secrets by key id. The default, used for what is new, is the last listed: rotation appends.
///
/// Printing it shows the ids only.
pub struct Keyring {
    keys: Vec<(String, SecretSlice<u8>)>,
}

/// Why a list of keys cannot be read; says the place and the rule, never a byte of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no key.
    #[error("no key: expected ID:BASE64, separated by commas")]
    Empty,
    /// More keys than [`MAX_KEYS`].
    #[error("{count} keys, at most {MAX_KEYS}")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// An entry has no colon.
    #[error("entry {ordinal}: expected ID:BASE64")]
    NoColon {
        /// Its place, from 1.
        ordinal: usize,
    },
    /// An id of another form; it is not shown, for it may be a secret in the wrong place.
    #[error("entry {ordinal}: the id is not 1 to {MAX_KEY_ID_CHARS} of A-Z, a-z, 0-9, _ and -")]
    BadId {
        /// Its place, from 1.
        ordinal: usize,
    },
    /// The same id twice.
    #[error("entry {ordinal}: the id {id} is listed before")]
    Duplicate {
        /// Its place, from 1.
        ordinal: usize,
        /// The id.
        id: String,
    },
    /// The secret is no base64.
    #[error("entry {ordinal}: the secret of {id} is not base64")]
    BadBase64 {
        /// Its place, from 1.
        ordinal: usize,
        /// The id.
        id: String,
    },
    /// The secret has too few or too many bytes.
    #[error(
        "entry {ordinal}: the secret of {id} has {bytes} bytes, {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} are needed"
    )]
    BadLength {
        /// Its place, from 1.
        ordinal: usize,
        /// The id.
        id: String,
        /// How many bytes it has.
        bytes: usize,
    },
}

impl Keyring {
    /// Reads `k1:BASE64,k2:BASE64`; white space around an entry is ignored.
    ///
    /// # Errors
    /// [`KeyringError`] for the first entry that breaks a rule.
    pub fn parse(text: &SecretString) -> Result<Self, KeyringError> {
        let text = text.expose_secret();
        if text.trim_ascii().is_empty() {
            return Err(KeyringError::Empty);
        }
        let count = text.split(',').count();
        if count > MAX_KEYS {
            return Err(KeyringError::TooMany { count });
        }
        let mut ring = Self { keys: Vec::with_capacity(count) };
        for (index, entry) in text.split(',').enumerate() {
            let (id, secret) = read_entry(index + 1, entry.trim_ascii())?;
            if ring.contains(&id) {
                return Err(KeyringError::Duplicate { ordinal: index + 1, id });
            }
            ring.keys.push((id, secret));
        }
        Ok(ring)
    }

    /// The ids, in the order listed.
    #[must_use]
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(|(id, _)| id.as_str())
    }

    /// The id for what is new: the last listed.
    ///
    /// # Panics
    /// Never: a ring has at least one key.
    #[must_use]
    pub fn default_id(&self) -> &str {
        let (id, _) = self.keys.last().expect("parse refuses an empty ring");
        id
    }

    /// Whether there is a key of that id.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.ids().any(|known| known == id)
    }

    /// Each id with a MAC of a fixed message under its secret, by which another secret under the same id is told.
    #[must_use]
    pub fn checks(&self) -> impl ExactSizeIterator<Item = (&str, [u8; 32])> {
        self.keys.iter().map(|(id, secret)| (id.as_str(), secret_check(secret.expose_secret())))
    }

    /// HMAC-SHA256 under the key of that id; `None` where there is none.
    pub(crate) fn mac(&self, id: &str, message: &[u8]) -> Option<[u8; 32]> {
        self.with_secret(id, |secret| hmac_sha256(secret, message))
    }

    /// What `use_secret` makes of the secret of that id; `None` where there is none.
    pub(crate) fn with_secret<T>(&self, id: &str, use_secret: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let (_, secret) = self.keys.iter().find(|(known, _)| known == id)?;
        Some(use_secret(secret.expose_secret()))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.ids().collect::<Vec<_>>()).finish()
    }
}

/// A MAC of a fixed message under the secret: equal for equal secrets, and no way back to them.
#[must_use]
pub fn secret_check(secret: &[u8]) -> [u8; 32] {
    hmac_sha256(secret, b"stet key check")
}

/// HMAC-SHA256 under any key.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    hmac.update(message);
    hmac.finalize().into_bytes().into()
}

/// Whether a text has the form of a key's id: 1 to [`MAX_KEY_ID_CHARS`] of `A-Z`, `a-z`, `0-9`, `_` and `-`.
#[must_use]
pub fn is_key_id(id: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !id.is_empty() && id.len() <= MAX_KEY_ID_CHARS && id.chars().all(known)
}

fn read_entry(ordinal: usize, entry: &str) -> Result<(String, SecretSlice<u8>), KeyringError> {
    let (id, secret) = entry.split_once(':').ok_or(KeyringError::NoColon { ordinal })?;
    if !is_key_id(id) {
        return Err(KeyringError::BadId { ordinal });
    }
    let id = id.to_owned();
    let bytes = match STANDARD.decode(secret) {
        Ok(bytes) => SecretSlice::from(bytes),
        // The decoder's error names bytes of the secret: it goes no further.
        Err(_names_bytes) => return Err(KeyringError::BadBase64 { ordinal, id }),
    };
    let length = bytes.expose_secret().len();
    if (MIN_SECRET_BYTES..=MAX_SECRET_BYTES).contains(&length) {
        Ok((id, bytes))
    } else {
        Err(KeyringError::BadLength { ordinal, id, bytes: length })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A ring of the given ids, each secret the id's first byte 32 times.
    pub(crate) fn ring(ids: &[&str]) -> Keyring {
        let entries: Vec<String> = ids
            .iter()
            .map(|id| format!("{id}:{}", STANDARD.encode([id.as_bytes()[id.len() - 1]; 32])))
            .collect();
        Keyring::parse(&SecretString::from(entries.join(","))).unwrap()
    }

    fn refused(text: &str) -> KeyringError {
        Keyring::parse(&SecretString::from(text)).unwrap_err()
    }

    #[test]
    fn the_last_listed_is_the_default() {
        let ring = ring(&["k1", "k2"]);
        assert_eq!(ring.ids().collect::<Vec<_>>(), ["k1", "k2"]);
        assert_eq!(ring.default_id(), "k2");
        assert!(ring.contains("k1") && !ring.contains("k3"));
    }

    #[test]
    fn rules_are_kept_and_named() {
        let good = STANDARD.encode([7; 32]);
        assert_eq!(refused(" "), KeyringError::Empty);
        assert_eq!(refused(&good), KeyringError::NoColon { ordinal: 1 });
        assert_eq!(refused(&format!("k1:{good},")), KeyringError::NoColon { ordinal: 2 });
        assert_eq!(refused(&format!(":{good}")), KeyringError::BadId { ordinal: 1 });
        assert_eq!(refused(&format!("{}:{good}", "k".repeat(33))), KeyringError::BadId { ordinal: 1 });
        assert_eq!(
            refused(&format!("k1:{good},k1:{good}")),
            KeyringError::Duplicate { ordinal: 2, id: "k1".into() }
        );
        assert_eq!(refused("k1:%%%"), KeyringError::BadBase64 { ordinal: 1, id: "k1".into() });
        let short = STANDARD.encode([7; 31]);
        assert_eq!(
            refused(&format!("k1:{short}")),
            KeyringError::BadLength { ordinal: 1, id: "k1".into(), bytes: 31 }
        );
        let many = vec![format!("k:{good}"); MAX_KEYS + 1].join(",");
        assert_eq!(refused(&many), KeyringError::TooMany { count: MAX_KEYS + 1 });
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let secret = STANDARD.encode([0xAB; 32]);
        let ring = Keyring::parse(&SecretString::from(format!("k1:{secret}"))).unwrap();
        assert_eq!(format!("{ring:?}"), r#"Keyring(["k1"])"#);
        assert!(!refused(&format!("{secret}:k1")).to_string().contains(&secret));
    }

    #[test]
    fn checks_tell_secrets_apart() {
        let ring = ring(&["k1", "k2"]);
        let checks: Vec<_> = ring.checks().collect();
        assert_eq!(checks[0], ("k1", hmac_sha256(&[b'1'; 32], b"stet key check")));
        assert_eq!(checks[1].0, "k2");
        assert_ne!(checks[0].1, checks[1].1);
    }

    #[test]
    fn macs_are_of_the_named_key() {
        let ring = ring(&["k1", "k2"]);
        let tag = ring.mac("k1", b"m").unwrap();
        assert_eq!(tag, hmac_sha256(&[b'1'; 32], b"m"));
        assert_ne!(ring.mac("k2", b"m").unwrap(), tag);
        assert_eq!(ring.mac("k3", b"m"), None);
    }
}
