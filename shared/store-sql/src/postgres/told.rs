//! Rows that a statement is told: an array parameter for each column, of which `unnest` makes rows again.

use super::body::Query;
use super::body::params::Parameters;

/// Rows for one statement; its parameters are the columns, in the order in which a row's values are told.
#[derive(Default)]
pub(super) struct Told<'a> {
    columns: Vec<Column<'a>>,
    names: Vec<&'static str>,
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
    pub(super) fn id(&mut self, name: &'static str, id: [u8; 16]) {
        let Column::Ids(values) = self.column(name, id.len(), || Column::Ids(Vec::new())) else {
            unlike(name)
        };
        values.push(id);
    }

    pub(super) fn bytes(&mut self, name: &'static str, value: impl Into<Option<&'a [u8]>>) {
        let value = value.into();
        let bytes = value.map_or(0, <[u8]>::len);
        let Column::Bytes(values) = self.column(name, bytes, || Column::Bytes(Vec::new())) else {
            unlike(name)
        };
        values.push(value);
    }

    /// Bytes of any length, such as the body of a request.
    pub(super) fn body(&mut self, name: &'static str, value: impl Into<Option<&'a [u8]>>) {
        self.bytes(name, value);
    }

    pub(super) fn text(&mut self, name: &'static str, value: impl Into<Option<&'a str>>) {
        let value = value.into();
        let bytes = value.map_or(0, str::len);
        let Column::Texts(values) = self.column(name, bytes, || Column::Texts(Vec::new())) else {
            unlike(name)
        };
        values.push(value);
    }

    pub(super) fn number(&mut self, name: &'static str, value: impl Into<Option<i64>>) {
        let bytes = size_of::<i64>();
        let Column::Numbers(values) = self.column(name, bytes, || Column::Numbers(Vec::new())) else {
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
    fn column(
        &mut self,
        name: &'static str,
        bytes: usize,
        make: impl FnOnce() -> Column<'a>,
    ) -> &mut Column<'a> {
        if self.next == self.columns.len() {
            self.columns.push(make());
            self.names.push(name);
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
    fn bind(self, sql: &str, query: Query) -> Query {
        debug_assert!(are_named(&self.names, sql), "{:?} are not the columns of {sql}", self.names);
        self.columns.into_iter().fold(query, |query, column| match column {
            Column::Ids(values) => query.bind(values),
            Column::Bytes(values) => query.bind(values),
            Column::Texts(values) => query.bind(values),
            Column::Numbers(values) => query.bind(values),
        })
    }
}

/// Whether a statement has these columns of its arrays, in this order. Parameters have no names: two that change places would be taken for one another.
fn are_named(names: &[&str], sql: &str) -> bool {
    let (_, after) = sql.split_once("unnest(").unwrap_or_default();
    let (_, after) = after.split_once(" AS ").unwrap_or_default();
    let (_, after) = after.split_once('(').unwrap_or_default();
    let (columns, _) = after.split_once(')').unwrap_or_default();
    let is_named =
        |(name, column): (&&str, &str)| column == *name || column.strip_suffix("_id") == Some(*name);
    let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
    columns.len() == names.len() && names.iter().zip(columns).all(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_in_the_order_of_their_statement() {
        let sql = "SELECT * FROM unnest($2::bytea[], $3::bigint[]) AS k (\n run_id, fence\n) AS x (a)";
        assert!(are_named(&["run", "fence"], sql));
        for wrong in [&["fence", "run"][..], &["run"], &["run", "fence", "a"], &[]] {
            assert!(!are_named(wrong, sql), "{wrong:?}");
        }
        assert!(!are_named(&["run"], "SELECT 1"));
    }
}
