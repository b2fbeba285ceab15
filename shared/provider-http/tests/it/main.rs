//! The adapters against fixtures, recorded answers, garbage, a scripted server, and the simulator over HTTP.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod encoding;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod google_encoding;
#[cfg(test)]
mod google_fixtures;
#[cfg(test)]
mod google_garbage;
#[cfg(test)]
mod google_listing;
#[cfg(test)]
mod google_wire;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod vertex_tokens;
#[cfg(test)]
mod wire;

/// A wall clock that stands still.
#[cfg(test)]
fn wall_clock() -> std::sync::Arc<dyn stet_domain::clock::Clock> {
    struct Standing;
    impl stet_domain::clock::Clock for Standing {
        fn now(&self) -> stet_domain::clock::Timestamp {
            stet_domain::clock::Timestamp(1_795_400_000_000_000)
        }
    }
    std::sync::Arc::new(Standing)
}
