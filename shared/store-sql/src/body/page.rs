//! Keyset pages.

use stet_store::{Page, PageRequest, Position, StoreError};

use super::Row;

/// The most items on a page.
const PAGE_MAX_ITEMS: u32 = 200;

/// The key before which a page begins, newest first: `(created_at_us, id)`.
pub(super) type Key = (i64, [u8; 16]);

/// Before this comes everything.
pub(super) const NEWEST: Key = (i64::MAX, [0xff; 16]);

/// Where the page begins.
pub(super) fn start(page: PageRequest) -> Key {
    page.after.map_or(NEWEST, |position| (position.created_at.0, position.id))
}

/// How many rows to ask for: one more than the page holds, which tells whether there is a next one.
pub(super) fn rows_wanted(page: PageRequest) -> i64 {
    i64::from(limit(page)) + 1
}

/// The page that the rows make.
pub(super) fn build<T>(
    page: PageRequest,
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, StoreError>,
    key: impl Fn(&T) -> Position,
) -> Result<Page<T>, StoreError> {
    let limit = usize::try_from(limit(page)).unwrap_or(usize::MAX);
    let items = rows.iter().take(limit).map(read).collect::<Result<Vec<T>, StoreError>>()?;
    let next = if rows.len() > limit { items.last().map(key) } else { None };
    Ok(Page { items, next })
}

fn limit(page: PageRequest) -> u32 {
    page.limit.clamp(1, PAGE_MAX_ITEMS)
}
