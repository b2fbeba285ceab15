//! The simulator from outside: plain HTTP/1.1 on a socket, as any client would speak it.

#[cfg(test)]
mod control;
#[cfg(test)]
mod gemini;
#[cfg(test)]
mod google_faults;
#[cfg(test)]
mod http;
#[cfg(test)]
mod listings;
#[cfg(test)]
mod token;
#[cfg(test)]
mod tool_use;
#[cfg(test)]
mod vendor;
#[cfg(test)]
mod vertex;
