//! Cursors: where a page ended, signed for the list, its filters and its org.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use sha2::Sha256;
use stet_domain::clock::Timestamp;
use stet_store::Position;

use crate::state::CursorKey;

/// The form's version, its first byte.
const VERSION: u8 = 1;

/// Version, moment and id.
const PAYLOAD_BYTES: usize = 1 + 8 + 16;

const TAG_BYTES: usize = 32;

/// What a cursor is good for: it opens no other list.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) org: &'a str,
    pub(crate) path: &'a str,
    /// The parameters that choose the items.
    pub(crate) filters: &'a [(String, String)],
}

/// The cursor after `position`.
pub(crate) fn write(key: &CursorKey, scope: &Scope<'_>, position: Position) -> String {
    let mut bytes = Vec::with_capacity(PAYLOAD_BYTES + TAG_BYTES);
    bytes.push(VERSION);
    bytes.extend_from_slice(&position.created_at.0.to_be_bytes());
    bytes.extend_from_slice(&position.id);
    let tag: [u8; TAG_BYTES] = mac(key, scope, &bytes).finalize().into_bytes().into();
    bytes.extend_from_slice(&tag);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Where the cursor points; nothing where this server did not make it for this list.
pub(crate) fn read(key: &CursorKey, scope: &Scope<'_>, text: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (payload, tag) = bytes.split_at_checked(PAYLOAD_BYTES)?;
    mac(key, scope, payload).verify_slice(tag).ok()?;
    let (&VERSION, rest) = payload.split_first()? else { return None };
    let (moment, id) = rest.split_at_checked(8)?;
    Some(Position {
        created_at: Timestamp(i64::from_be_bytes(moment.try_into().ok()?)),
        id: id.try_into().ok()?,
    })
}

/// The signature over scope and payload, each part with its length before it.
fn mac(key: &CursorKey, scope: &Scope<'_>, payload: &[u8]) -> Hmac<Sha256> {
    let mut mac: Hmac<Sha256> =
        Hmac::new_from_slice(key.0.expose_secret()).expect("HMAC takes a key of any length");
    let mut add = |part: &[u8]| {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    };
    add(b"stet cursor");
    add(scope.org.as_bytes());
    add(scope.path.as_bytes());
    let mut filters: Vec<&(String, String)> = scope.filters.iter().collect();
    filters.sort();
    for (name, value) in filters {
        add(name.as_bytes());
        add(value.as_bytes());
    }
    add(payload);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSITION: Position = Position { created_at: Timestamp(1_795_400_000_000_001), id: [7; 16] };

    fn scope<'a>(org: &'a str, path: &'a str, filters: &'a [(String, String)]) -> Scope<'a> {
        Scope { org, path, filters }
    }

    #[test]
    fn a_cursor_opens_its_own_list_only() {
        let key = CursorKey::new(vec![1; 32].into());
        let filters = [("status".to_owned(), "failed".to_owned())];
        let text = write(&key, &scope("a", "/v1/batches", &filters), POSITION);
        assert_eq!(read(&key, &scope("a", "/v1/batches", &filters), &text), Some(POSITION));
        assert_eq!(read(&key, &scope("b", "/v1/batches", &filters), &text), None);
        assert_eq!(read(&key, &scope("a", "/v1/templates", &filters), &text), None);
        assert_eq!(read(&key, &scope("a", "/v1/batches", &[]), &text), None);
        let other = CursorKey::new(vec![2; 32].into());
        assert_eq!(read(&other, &scope("a", "/v1/batches", &filters), &text), None);
    }

    #[test]
    fn no_changed_character_passes() {
        let key = CursorKey::new(vec![1; 32].into());
        let scope = scope("a", "/v1/batches", &[]);
        let text = write(&key, &scope, POSITION);
        for at in 0..text.len() {
            let mut bad = text.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&key, &scope, &String::from_utf8(bad).unwrap()), None, "{at}");
        }
        for refused in ["", "AA", &text[1..], &format!("{text}AAAA")] {
            assert_eq!(read(&key, &scope, refused), None);
        }
    }
}
