//! Rows that a statement is told: an array parameter for each column, of which `unnest` makes rows again.

use super::body::Query;
use super::body::params::Parameters;

/// Rows for one statement; its parameters are the columns, in the order in which a row's values are told.
#[derive(Default)]
pub(super) struct Told<'a> {
    columns: Vec<Column<'a>>,
    /// Which column the open row's next value is of.
    next: usize,
    bytes: usize,
}

enum Column<'a> {
    Ids(Vec<[u8; 16]>),
    Bytes(Vec<Option<&'a [u8]>>),
    Texts(Vec<Option<&'a str>>),
    Numbers(Vec<Option<i64>>),
}

impl<'a> Told<'a> {
    pub(super) fn id(&mut self, name: &str, id: [u8; 16]) {
        let Column::Ids(values) = self.column(id.len(), || Column::Ids(Vec::new())) else { unlike(name) };
        values.push(id);
    }

    pub(super) fn bytes(&mut self, name: &str, value: impl Into<Option<&'a [u8]>>) {
        let value = value.into();
        let bytes = value.map_or(0, <[u8]>::len);
        let Column::Bytes(values) = self.column(bytes, || Column::Bytes(Vec::new())) else { unlike(name) };
        values.push(value);
    }

    /// Bytes of any length, such as the body of a request.
    pub(super) fn body(&mut self, name: &str, value: impl Into<Option<&'a [u8]>>) {
        self.bytes(name, value);
    }

    pub(super) fn text(&mut self, name: &str, value: impl Into<Option<&'a str>>) {
        let value = value.into();
        let bytes = value.map_or(0, str::len);
        let Column::Texts(values) = self.column(bytes, || Column::Texts(Vec::new())) else { unlike(name) };
        values.push(value);
    }

    pub(super) fn number(&mut self, name: &str, value: impl Into<Option<i64>>) {
        let bytes = size_of::<i64>();
        let Column::Numbers(values) = self.column(bytes, || Column::Numbers(Vec::new())) else {
            unlike(name)
        };
        values.push(value.into());
    }

    /// The next row begins with the first column again.
    pub(super) fn end_row(&mut self) {
        self.next = 0;
    }

    /// How many bytes were told so far.
    pub(super) fn size(&self) -> usize {
        self.bytes
    }

    /// The column of the open row's next value; the first row makes them.
    fn column(&mut self, bytes: usize, make: impl FnOnce() -> Column<'a>) -> &mut Column<'a> {
        if self.next == self.columns.len() {
            self.columns.push(make());
        }
        self.next += 1;
        self.bytes += bytes;
        &mut self.columns[self.next - 1]
    }
}

/// Every row tells the same columns, as the code that tells them is the same for each.
fn unlike(name: &str) -> ! {
    unreachable!("{name} is told in the place of another column")
}

impl Parameters for Told<'_> {
    fn bind(self, query: Query) -> Query {
        self.columns.into_iter().fold(query, |query, column| match column {
            Column::Ids(values) => query.bind(values),
            Column::Bytes(values) => query.bind(values),
            Column::Texts(values) => query.bind(values),
            Column::Numbers(values) => query.bind(values),
        })
    }
}
