//! The keyed seal of a record (canonical.md §4).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::digest::Digest;

/// `record_hmac`: HMAC-SHA256 over `org_id`, `id`, `record_sha256` and `created_at`.
///
/// Each field is prefixed by its length in bytes as u32 big-endian. `record_sha256` is covered as its 64 lower-case
/// hexadecimal digits, the spelling that every hash in Stet has; `created_at` is RFC 3339 UTC with six decimals.
///
/// # Panics
/// Where a field has 4 GiB or more: ids and times are far below.
#[must_use]
pub fn record_hmac(key: &[u8], org_id: &str, id: &str, record_sha256: Digest, created_at: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for field in [org_id, id, &record_sha256.to_string(), created_at] {
        let length = u32::try_from(field.len()).expect("a field is shorter than 4 GiB");
        mac.update(&length.to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED_AT: &str = "2026-11-23T07:46:00.000000Z";

    #[test]
    fn covers_length_prefixed_fields() {
        let digest = Digest::of(b"record");
        let mut message = Vec::new();
        for field in ["org", "run", &digest.to_string(), CREATED_AT] {
            message.extend_from_slice(&[0, 0, 0, u8::try_from(field.len()).unwrap()]);
            message.extend_from_slice(field.as_bytes());
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
        mac.update(&message);
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(record_hmac(b"key", "org", "run", digest, CREATED_AT), expected);
    }

    #[test]
    fn a_field_cannot_borrow_from_its_neighbour() {
        let digest = Digest::of(b"record");
        let sealed = record_hmac(b"key", "ab", "c", digest, CREATED_AT);
        assert_ne!(sealed, record_hmac(b"key", "a", "bc", digest, CREATED_AT));
        assert_ne!(sealed, record_hmac(b"other", "ab", "c", digest, CREATED_AT));
    }
}
