//! Ids, template, cell, ALS, evidence rules, state machines and retry policy: pure.
//!
//! Nothing here reads a clock, a random source, a file or the network; what would be global is an argument.

pub mod als;
pub mod answer;
pub mod attempt;
pub mod batch;
pub mod bell;
pub mod canary;
pub mod causes;
pub mod citation;
pub mod client_request_id;
pub mod clock;
pub mod code;
pub mod drift;
pub mod echo;
pub mod evidence;
pub mod field;
pub mod grid;
pub mod ids;
pub mod inputs;
pub mod invariant;
pub mod keyring;
pub mod limits;
pub mod link;
pub mod lock;
pub mod machine;
pub mod member;
pub mod metric;
pub mod mode;
mod names;
pub mod prompt;
pub mod provenance;
pub mod provider_limits;
pub mod record;
pub mod retry;
pub mod role;
pub mod rules;
pub mod run;
pub mod schedule;
pub mod shares;
pub mod storable;
pub mod task;
pub mod template;
pub mod trace;
pub mod usage;
pub mod verdict;
pub mod verify;
pub mod versions;

pub use stet_canon::region::{Locale, Region};
pub use stet_canon::template::{Provider, Template};
pub use stet_canon::{Digest, Json};
