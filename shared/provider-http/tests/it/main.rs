//! The adapters against fixtures, recorded answers, garbage, and the simulator over HTTP.

#[cfg(test)]
mod encoding;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod wire;
