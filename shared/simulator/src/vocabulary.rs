//! What the simulated models know and how they put it.

pub(crate) mod country;
mod wording;

pub(crate) use wording::{Knowledge, Sentence, compose, locate, place_of, rate_of};
