//! Ids, template, cell, ALS, evidence rules, state machines and retry policy: pure.
//!
//! Nothing here reads a clock, a random source, a file or the network; what would be global is an argument.

pub mod answer;
pub mod attempt;
pub mod batch;
pub mod citation;
pub mod clock;
pub mod code;
pub mod drift;
pub mod ids;
pub mod limits;
pub mod lock;
pub mod mode;
mod names;
pub mod role;
pub mod run;
pub mod task;
pub mod template;
pub mod usage;
pub mod versions;

pub use stet_canon::region::{Locale, Region};
pub use stet_canon::template::{Provider, Template};
pub use stet_canon::{Digest, Json};
