//! Every query of this engine, by the name of its file (`build.rs`).

include!(concat!(env!("OUT_DIR"), "/sqlite_queries.rs"));

#[cfg(test)]
mod tests;
