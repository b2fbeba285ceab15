//! The vendors over HTTP: pure encode and decode per vendor, one shared transport.
//!
//! A vendor's module has two pure halves, `encode` (a call to the exact bytes sent) and `decode` (status, headers and
//! bytes to an answer or a named failure), and a client that joins them by the shared [`transport`]. Nothing here retries,
//! judges an answer or reads a clock other than the monotonic one.

mod fields;
pub mod openai;
mod retry_delay;
pub mod transport;

pub use reqwest::header::HeaderMap;
