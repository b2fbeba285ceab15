//! What statements are told of many rows at once.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use stet_store::StoreError;

use super::Told;
use super::transaction::Query;

/// The most rows in one parameter.
const PACK_MAX_ROWS: usize = 4096;

/// A parameter is closed once it has this many bytes; one row may make it longer. A connection holds it several times over on its way to the server.
const PACK_MAX_BYTES: usize = 512 * 1024;

/// The longest delay that a row may be given, in milliseconds: 30 days.
const DELAY_MAX_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Bytes, spelled in hex.
pub(in super::super) struct Hex<B>(pub(in super::super) B);

impl<B: AsRef<[u8]>> Serialize for Hex<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.as_ref();
        // By slice: `hex::encode` goes character by character.
        let mut digits = vec![0; bytes.len() * 2];
        hex::encode_to_slice(bytes, &mut digits).map_err(S::Error::custom)?;
        serializer.serialize_str(str::from_utf8(&digits).map_err(S::Error::custom)?)
    }
}

/// What a statement is told of the rows that it is about, after the org: a JSON document, or columns.
pub(in super::super) trait Parameters: Send {
    fn bind(self, sql: &str, query: Query) -> Query;
}

impl Parameters for String {
    fn bind(self, _sql: &str, query: Query) -> Query {
        query.bind(self)
    }
}

/// The items as rows in the way that the engine takes fastest, in parts that are closed once they have grown to their bound.
pub(super) fn tell<'a, I>(
    items: impl IntoIterator<Item = I>,
    row: impl Fn(I, &mut Told<'a>),
) -> Vec<Told<'a>> {
    let mut parts = Vec::new();
    let (mut open, mut count) = (Told::default(), 0_usize);
    for item in items {
        row(item, &mut open);
        open.end_row();
        count += 1;
        if count == PACK_MAX_ROWS || open.size() > PACK_MAX_BYTES {
            parts.push(std::mem::take(&mut open));
            count = 0;
        }
    }
    if count > 0 {
        parts.push(open);
    }
    parts
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
    fn what_is_told_is_closed_once_it_has_grown() {
        let long = vec![7; PACK_MAX_BYTES];
        let bodies: [&[u8]; 3] = [&long, b"x", b"y"];
        let parts = tell(bodies, |body, row| {
            row.body("body", body);
            row.number("length", integer(body.len() as u64));
        });
        assert_eq!(parts.len(), 2);
        assert!(parts[0].size() > PACK_MAX_BYTES && parts[1].size() < 128);
        assert_eq!(tell(0..=4096, |number, row| row.number("number", number)).len(), 2);
        assert!(tell([], |number: i64, row| row.number("number", number)).is_empty());
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
