//! Keyset pages, newest first by (`created_at`, id).

use stet_domain::clock::Timestamp;

/// Where a page ended: the last item's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Its creation.
    pub created_at: Timestamp,
    /// The 16 bytes of its id.
    pub id: [u8; 16],
}

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Items after this one; `None` for the first page.
    pub after: Option<Position>,
    /// At most so many items, 1–200.
    pub limit: u32,
}

/// One page; `next` is `None` on the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts.
    pub next: Option<Position>,
}
