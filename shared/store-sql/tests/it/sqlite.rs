//! SQLite.

mod bed;
mod files;
mod model;
mod schema;
mod sharing;

mod suite {
    use super::bed::bed;

    stet_store::conformance!(bed);
}
