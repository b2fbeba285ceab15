//! A way to the database that can be held up or cut.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// What the relay does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It passes them on.
    Open,
    /// It keeps them, and passes them on when it is open again.
    Held,
    /// It ends every connection, and new ones at once.
    Cut,
}

#[derive(Debug)]
struct Gate {
    way: Mutex<Way>,
    changed: Condvar,
    /// Bytes before which everything is held up.
    holds_at: Option<&'static [u8]>,
}

/// A TCP relay on a port of its own.
#[derive(Debug)]
pub(super) struct Relay {
    port: u16,
    gate: Arc<Gate>,
}

impl Relay {
    /// Before a port of the loopback.
    pub(super) fn to(port: u16) -> anyhow::Result<Self> {
        Self::holding_at(port, None)
    }

    /// The same, and it holds everything up from the first message on that has these bytes in it.
    pub(super) fn holding_at(port: u16, holds_at: Option<&'static [u8]>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let own = listener.local_addr()?.port();
        let gate = Arc::new(Gate { way: Mutex::new(Way::Open), changed: Condvar::new(), holds_at });
        let at = Arc::clone(&gate);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else { continue };
                let (there, back) = (Arc::clone(&at), Arc::clone(&at));
                thread::spawn(move || pump(from, to, &there));
                thread::spawn(move || pump(server, client, &back));
            }
        });
        Ok(Self { port: own, gate })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Holds everything up, both ways; nobody is told.
    pub(super) fn hold(&self) {
        self.gate.set(Way::Held);
    }

    /// Cuts every connection as soon as something is to pass, and new ones too.
    pub(super) fn cut(&self) {
        self.gate.set(Way::Cut);
    }

    /// Lets everything pass again.
    pub(super) fn open(&self) {
        self.gate.set(Way::Open);
    }
}

impl Gate {
    fn set(&self, way: Way) {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner) = way;
        self.changed.notify_all();
    }

    /// Waits until the bytes may pass; `false` where they never will.
    fn passes(&self, bytes: &[u8]) -> bool {
        if self.holds_at.is_some_and(|marks| bytes.windows(marks.len()).any(|window| window == marks)) {
            self.set(Way::Held);
        }
        let way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        let way =
            self.changed.wait_while(way, |way| *way == Way::Held).unwrap_or_else(PoisonError::into_inner);
        *way == Way::Open
    }
}

/// Passes bytes on until one side ends or is cut off.
fn pump(mut from: TcpStream, mut to: TcpStream, gate: &Gate) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if !gate.passes(&bytes[..count]) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // The other direction ends with it.
    drop(to.shutdown(std::net::Shutdown::Both));
    drop(from.shutdown(std::net::Shutdown::Both));
}
