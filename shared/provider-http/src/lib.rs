//! The vendors over HTTP: pure encode and decode per vendor, one shared transport.
//!
//! A vendor's module has two pure halves, `encode` (a call to the exact bytes sent) and `decode` (status, headers and
//! bytes to an answer or a named failure), and a client that joins them by the shared [`transport`]. Nothing here retries or
//! judges an answer; the wall clock, which only a service account's signature needs, is an argument.

mod credential;
mod exchange;
mod failure;
mod fields;
pub mod gemini;
mod generate_content;
pub mod openai;
mod retry_delay;
pub mod transport;
pub mod vertex;

pub use reqwest::header::HeaderMap;
