//! An HTTP server that speaks the vendors' wire formats: deterministic, scriptable.
//!
//! An answer is a function of the request's canonical body, its `X-Client-Request-Id` and the seed, so that replicates
//! vary and repeats do not; what goes wrong, when and how is said by a [`Scenario`]. `docs/simulator.md` is the manual.

mod control;
mod draw;
mod fault;
mod fields;
mod instance;
mod ledger;
mod openai;
mod scenario;
mod server;
mod state;
mod vocabulary;

pub use ledger::{Counts, ReceivedCall};
pub use scenario::{Scenario, ScenarioError};
pub use server::{Options, Running, Simulator};
