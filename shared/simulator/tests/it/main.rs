//! The simulator from outside: plain HTTP/1.1 on a socket, as any client would speak it.

#[cfg(test)]
mod control;
#[cfg(test)]
mod http;
#[cfg(test)]
mod vendor;
