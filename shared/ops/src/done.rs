//! What came of a request that creates.

/// How a request that creates ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It wrote.
    New,
    /// The same content stood already; nothing was written.
    Same,
    /// The request's Idempotency-Key was used before with the same request; nothing was written.
    Replayed,
}

/// What a request that creates answers with: the thing as it stands now, and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<T> {
    /// The thing.
    pub value: T,
    /// How it ended.
    pub how: How,
}

impl<T> Done<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value, how: How::New }
    }
}
