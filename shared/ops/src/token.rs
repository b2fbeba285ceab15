//! API tokens: `stet_<key id>_<secret>_<checksum>` (api.md, "Authentication and roles").

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::{Digest as _, Sha256};
use stet_domain::clock::Ids;
use stet_domain::ids::ApiKeyId;

use crate::Pepper;

/// Bytes of a token's secret.
const SECRET_BYTES: usize = 32;

/// Hexadecimal digits of the checksum: the first 4 bytes of the SHA-256 of all before it.
const CHECKSUM_DIGITS: usize = 8;

/// The length of every token.
const TOKEN_LENGTH: usize = "stet_".len() + 16 + 1 + 2 * SECRET_BYTES + 1 + CHECKSUM_DIGITS;

/// A token, parsed: its checksum is right, which says nothing yet of whether there is such a key.
pub struct ApiToken {
    id: ApiKeyId,
    secret: SecretBox<[u8; SECRET_BYTES]>,
}

/// A text that is no token: misspelt, cut off, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an API key: expected stet_<key id>_<secret>_<checksum>")]
pub struct InvalidToken;

impl ApiToken {
    /// A new token from the given randomness.
    pub(crate) fn generate(ids: &dyn Ids) -> Self {
        let mut id = [0_u8; 8];
        ids.fill(&mut id);
        let id = hex::encode(id).parse().expect("8 bytes are 16 lower-case hexadecimal digits");
        let mut secret = Box::new([0_u8; SECRET_BYTES]);
        ids.fill(secret.as_mut_slice());
        Self { id, secret: SecretBox::new(secret) }
    }

    /// The public part.
    #[must_use]
    pub const fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// The token as its holder sends it.
    #[must_use]
    pub fn reveal(&self) -> SecretString {
        let head = format!("stet_{}_{}", self.id, hex::encode(self.secret.expose_secret()));
        let sum = checksum(&head);
        SecretString::from(format!("{head}_{sum}"))
    }

    /// What is stored of it: HMAC-SHA256 under the server's pepper, over id and secret.
    pub(crate) fn keyed_hash(&self, pepper: &Pepper) -> [u8; 32] {
        let mut hmac: Hmac<Sha256> =
            Hmac::new_from_slice(pepper.0.expose_secret()).expect("HMAC takes a key of any length");
        hmac.update(self.id.as_str().as_bytes());
        hmac.update(b"_");
        hmac.update(self.secret.expose_secret());
        hmac.finalize().into_bytes().into()
    }
}

fn checksum(head: &str) -> String {
    let sum: [u8; 32] = Sha256::digest(head.as_bytes()).into();
    hex::encode(&sum[..CHECKSUM_DIGITS / 2])
}

impl FromStr for ApiToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        if text.len() != TOKEN_LENGTH || !text.is_ascii() {
            return Err(InvalidToken);
        }
        let (head, sum) = text.rsplit_once('_').ok_or(InvalidToken)?;
        if checksum(head) != sum {
            return Err(InvalidToken);
        }
        let (id, secret) =
            head.strip_prefix("stet_").and_then(|rest| rest.split_once('_')).ok_or(InvalidToken)?;
        let mut bytes = Box::new([0_u8; SECRET_BYTES]);
        hex::decode_to_slice(secret, bytes.as_mut_slice()).map_err(|_no_hex| InvalidToken)?;
        let id = id.parse().map_err(|_no_id| InvalidToken)?;
        Ok(Self { id, secret: SecretBox::new(bytes) })
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiToken(stet_{}_[REDACTED])", self.id)
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::clock::Ids;
    use ulid_free::Counting;

    use super::*;

    mod ulid_free {
        //! A source that counts.
        use std::sync::atomic::{AtomicU8, Ordering};

        use stet_domain::clock::Ids;

        #[derive(Default)]
        pub(super) struct Counting(AtomicU8);

        impl Ids for Counting {
            fn ulid(&self) -> ulid::Ulid {
                ulid::Ulid(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
            }

            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
            }
        }
    }

    fn token() -> ApiToken {
        let ids: &dyn Ids = &Counting::default();
        ApiToken::generate(ids)
    }

    #[test]
    fn a_token_reads_back() {
        let token = token();
        let read: ApiToken = token.reveal().expose_secret().parse().unwrap();
        assert_eq!(read.id(), token.id());
        assert_eq!(read.secret.expose_secret(), token.secret.expose_secret());
    }

    #[test]
    fn every_single_misspelling_is_found_by_the_checksum() {
        let good = token().reveal().expose_secret().to_owned();
        for at in 0..good.len() {
            let mut bad = good.clone().into_bytes();
            bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
            assert!(String::from_utf8(bad).unwrap().parse::<ApiToken>().is_err(), "{at}");
        }
        assert!(good[..good.len() - 1].parse::<ApiToken>().is_err());
        assert!(format!("{good}0").parse::<ApiToken>().is_err());
        assert!("".parse::<ApiToken>().is_err());
    }

    #[test]
    fn the_stored_hash_depends_on_the_pepper_and_nothing_is_printed() {
        let pepper = |byte: u8| Pepper(vec![byte; 32].into());
        let token = token();
        assert_ne!(token.keyed_hash(&pepper(1)), token.keyed_hash(&pepper(2)));
        let secret = hex::encode(token.secret.expose_secret());
        assert!(!format!("{token:?}{:?}", pepper(1)).contains(&secret));
    }
}
