//! Many rows as one JSON parameter.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use stet_store::StoreError;

/// The most rows in one parameter.
const PACK_MAX_ROWS: usize = 4096;

/// A parameter is closed once it has this many bytes; one row may make it longer. A connection holds it several times over on its way to the server.
const PACK_MAX_BYTES: usize = 512 * 1024;

/// The longest delay that a row may be given, in milliseconds: 30 days.
const DELAY_MAX_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Bytes, spelled in hex.
pub(super) struct Hex<B>(pub(super) B);

impl<B: AsRef<[u8]>> Serialize for Hex<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.as_ref();
        // By slice: `hex::encode` goes character by character.
        let mut digits = vec![0; bytes.len() * 2];
        hex::encode_to_slice(bytes, &mut digits).map_err(S::Error::custom)?;
        serializer.serialize_str(str::from_utf8(&digits).map_err(S::Error::custom)?)
    }
}

/// Where bytes stand beside a pack, as SQL's `substr` counts.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    at: usize,
    bytes: usize,
}

/// Bytes beside a pack: bodies go there as they are, because as hex in JSON they took about a sixth of a drain's CPU.
pub(super) struct Bytes(Vec<u8>);

impl Bytes {
    fn new() -> Self {
        // Never empty: SQLite takes an empty parameter for null, and what stands in it too.
        Self(vec![0])
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Place {
        let at = self.0.len() + 1;
        self.0.extend_from_slice(bytes);
        Place { at, bytes: bytes.len() }
    }
}

/// Rows as a JSON array, and the bytes that they point into.
pub(super) struct PackWithBytes {
    pub(super) rows: String,
    pub(super) bytes: Vec<u8>,
}

/// The rows that `row` makes, in packs that are closed once they have grown to their bound.
pub(super) fn pack_with_bytes<I, T: Serialize>(
    items: impl IntoIterator<Item = I>,
    row: impl Fn(I, &mut Bytes) -> T,
) -> Result<Vec<PackWithBytes>, StoreError> {
    let mut packs = Vec::new();
    let (mut open, mut bytes, mut count) = (Vec::new(), Bytes::new(), 0_usize);
    for item in items {
        open.push(if count == 0 { b'[' } else { b',' });
        serde_json::to_writer(&mut open, &row(item, &mut bytes)).map_err(unserialisable)?;
        count += 1;
        if count == PACK_MAX_ROWS || open.len() + bytes.0.len() > PACK_MAX_BYTES {
            packs.push(PackWithBytes { rows: closed(std::mem::take(&mut open)), bytes: bytes.0 });
            (bytes, count) = (Bytes::new(), 0);
        }
    }
    if count > 0 {
        packs.push(PackWithBytes { rows: closed(open), bytes: bytes.0 });
    }
    Ok(packs)
}

/// The rows as JSON arrays of bounded size.
pub(super) fn pack<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Result<Vec<String>, StoreError> {
    let mut packs = Vec::new();
    let (mut open, mut count) = (Vec::new(), 0_usize);
    for row in rows {
        let end = open.len();
        open.push(if count == 0 { b'[' } else { b',' });
        serde_json::to_writer(&mut open, &row).map_err(unserialisable)?;
        if count == PACK_MAX_ROWS || (count > 0 && open.len() - 2 > PACK_MAX_BYTES) {
            let row = open.split_off(end + 1);
            open.truncate(end);
            packs.push(closed(std::mem::replace(&mut open, vec![b'['])));
            open.extend_from_slice(&row);
            count = 0;
        }
        count += 1;
    }
    if count > 0 {
        packs.push(closed(open));
    }
    Ok(packs)
}

fn closed(mut pack: Vec<u8>) -> String {
    pack.push(b']');
    String::from_utf8(pack).expect("JSON is written in UTF-8")
}

/// One value as JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(unserialisable)
}

fn unserialisable(error: serde_json::Error) -> StoreError {
    StoreError::Engine { detail: error.to_string(), source: Box::new(error) }
}

/// A count as the engines store it; no count here comes near the bound.
pub(super) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A delay within its bound.
pub(super) fn delay(delay_ms: u64) -> i64 {
    integer(delay_ms.min(DELAY_MAX_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_hex_and_packs_are_bounded() {
        assert_eq!(pack([Hex([0_u8, 255])]).unwrap(), ["[\"00ff\"]"]);
        assert!(pack::<u8>([]).unwrap().is_empty());
        let packs = pack(0..=PACK_MAX_ROWS).unwrap();
        assert_eq!(packs.len(), 2);
        assert_eq!(packs[1], format!("[{PACK_MAX_ROWS}]"));
    }

    #[test]
    fn bytes_beside_a_pack_are_found_by_their_places() {
        let items: [&[u8]; 3] = [b"ab", b"", b"c"];
        let packs = pack_with_bytes(items, |item, bytes| bytes.put(item)).unwrap();
        assert_eq!(packs.len(), 1);
        assert_eq!(packs[0].bytes, b"\0abc");
        assert_eq!(packs[0].rows, r#"[{"at":2,"bytes":2},{"at":4,"bytes":0},{"at":4,"bytes":1}]"#);
    }

    #[test]
    fn a_pack_with_bytes_closes_once_it_has_grown() {
        let long = vec![7; PACK_MAX_BYTES];
        let items: [&[u8]; 3] = [&long, b"x", b"y"];
        let packs = pack_with_bytes(items, |item, bytes| bytes.put(item)).unwrap();
        assert_eq!(packs.len(), 2);
        assert_eq!(packs[0].bytes.len(), PACK_MAX_BYTES + 1);
        assert_eq!(packs[1].bytes, b"\0xy");
        assert_eq!(packs[1].rows, r#"[{"at":2,"bytes":1},{"at":3,"bytes":1}]"#);
        assert_eq!(pack_with_bytes(vec![0_u8; PACK_MAX_ROWS + 1], |byte, _| byte).unwrap().len(), 2);
    }

    #[test]
    fn a_pack_closes_before_it_grows_too_long_and_no_row_is_cut() {
        let long = "x".repeat(PACK_MAX_BYTES);
        let packs = pack([long.as_str(), "y", "z"]).unwrap();
        assert_eq!(packs.len(), 2);
        assert_eq!(packs[0].len(), PACK_MAX_BYTES + 4);
        assert_eq!(packs[1], r#"["y","z"]"#);
    }
}
