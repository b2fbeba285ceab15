//! An HTTP server that speaks the vendors' wire formats: deterministic, scriptable.
//!
//! An answer is a function of the request's canonical body, its `X-Client-Request-Id` and the seed, so that replicates
//! vary and repeats do not; what goes wrong, when and how is said by a [`Scenario`]. `docs/simulator.md` is the manual.

mod control;
mod counters;
mod draw;
mod exchange;
mod fault;
mod fields;
mod form;
mod google;
mod instance;
mod ledger;
mod oauth;
mod openai;
mod provider;
mod scenario;
mod search;
mod server;
mod state;
mod tokens;
mod vocabulary;

pub use ledger::{Counts, ReceivedCall};
pub use scenario::{Scenario, ScenarioError};
pub use server::{Options, Running, Simulator};
