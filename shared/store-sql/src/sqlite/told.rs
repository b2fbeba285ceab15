//! Rows that a statement is told: one JSON parameter, and beside it the bytes that its rows point into.

use serde::Serialize;

use super::body::Query;
use super::body::params::{Hex, Parameters};

/// Rows for one statement, as objects by the names of their columns.
#[derive(Default)]
pub(super) struct Told<'a> {
    rows: Vec<u8>,
    in_row: bool,
    /// Bodies stand beside the rows as they are, because as hex in JSON they took about a sixth of a drain's CPU.
    bodies: Option<Bodies<'a>>,
}

struct Bodies<'a> {
    bodies: Vec<&'a [u8]>,
    size: usize,
}

/// Where a body stands beside the rows, as SQL's `substr` counts.
#[derive(Serialize)]
struct Place {
    at: usize,
    bytes: usize,
}

impl<'a> Told<'a> {
    pub(super) fn id(&mut self, name: &str, id: [u8; 16]) {
        self.column(name, &Hex(id));
    }

    pub(super) fn bytes(&mut self, name: &str, value: impl Into<Option<&'a [u8]>>) {
        self.column(name, &value.into().map(Hex));
    }

    /// Bytes of any length, such as the body of a request.
    pub(super) fn body(&mut self, name: &str, value: impl Into<Option<&'a [u8]>>) {
        let bodies = self.bodies.get_or_insert_default();
        let place = value.into().map(|body| bodies.put(body));
        self.column(name, &place);
    }

    pub(super) fn text(&mut self, name: &str, value: impl Into<Option<&'a str>>) {
        self.column(name, &value.into());
    }

    pub(super) fn number(&mut self, name: &str, value: impl Into<Option<i64>>) {
        self.column(name, &value.into());
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(b'}');
        self.in_row = false;
    }

    /// How many bytes were told so far.
    pub(super) fn size(&self) -> usize {
        self.rows.len() + self.bodies.as_ref().map_or(0, |bodies| bodies.size)
    }

    fn column(&mut self, name: &str, value: &impl Serialize) {
        let before: &[u8] = match (self.rows.is_empty(), self.in_row) {
            (true, _) => b"[{",
            (false, false) => b",{",
            (false, true) => b",",
        };
        self.in_row = true;
        self.rows.extend_from_slice(before);
        self.json(name);
        self.rows.push(b':');
        self.json(value);
    }

    fn json(&mut self, value: &(impl Serialize + ?Sized)) {
        serde_json::to_writer(&mut self.rows, value)
            .expect("texts, numbers and bytes are JSON, and memory takes them");
    }
}

impl Default for Bodies<'_> {
    /// Never empty: SQLite takes an empty parameter for null, and what stands in it too.
    fn default() -> Self {
        Self { bodies: vec![&[0]], size: 1 }
    }
}

impl<'a> Bodies<'a> {
    fn put(&mut self, body: &'a [u8]) -> Place {
        let at = self.size + 1;
        self.bodies.push(body);
        self.size += body.len();
        Place { at, bytes: body.len() }
    }
}

impl Parameters for Told<'_> {
    fn bind(mut self, _sql: &str, query: Query) -> Query {
        self.rows.push(b']');
        let query = query.bind(String::from_utf8(self.rows).expect("JSON is written in UTF-8"));
        match self.bodies {
            Some(beside) => query.bind(beside.bodies.concat()),
            None => query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_beside_rows_are_found_by_their_places() {
        let mut told = Told::default();
        for (number, body) in [(1, Some(b"ab".as_slice())), (2, Some(b"")), (3, None), (4, Some(b"c"))] {
            told.number("number", number);
            told.body("body", body);
            told.end_row();
        }
        let rows = String::from_utf8(told.rows).unwrap();
        assert_eq!(
            rows,
            r#"[{"number":1,"body":{"at":2,"bytes":2}},{"number":2,"body":{"at":4,"bytes":0}},{"number":3,"body":null},{"number":4,"body":{"at":4,"bytes":1}}"#
        );
        assert_eq!(told.bodies.unwrap().bodies.concat(), b"\0abc");
    }
}
