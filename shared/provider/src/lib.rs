//! The provider port: request, answer, exchange and error classes.
//!
//! An adapter turns a [`Call`] into the vendor's bytes, sends them once, and says what came back: no retry, no verdict.

mod call;
mod exchange;
mod failure;
mod port;

pub use call::{Call, Generation, OutputForm, Role, Search, SearchContextSize, Turn};
pub use exchange::{Exchange, ReplyHead};
pub use failure::{Failure, FailureClass};
pub use port::{Api, Outcome, ProviderClient};
pub use stet_domain::answer::{Answer, Finish, SearchEvidence};
