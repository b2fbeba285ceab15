//! A way to the server on which the answer to a commit can be held back: committed, and nobody told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// How PostgreSQL says that a transaction is committed (protocol 3.0, `CommandComplete`).
const COMMITTED: &[u8] = b"COMMIT\0";

/// A commit's answer on its way, which goes on when it is told to.
pub(crate) type Held = Sender<bool>;

pub(crate) struct Proxy {
    url: String,
    holding: Arc<AtomicBool>,
    held: Mutex<Receiver<Held>>,
}

impl Proxy {
    /// A proxy before the server of that address.
    pub(crate) fn to(url: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let own = listener.local_addr().unwrap().to_string();
        let (before, rest) = url.split_once('@').unwrap();
        let (target, database) = rest.split_once('/').unwrap();
        let target = target.to_owned();
        let holding = Arc::new(AtomicBool::new(false));
        let (tell, held) = channel();
        let flag = Arc::clone(&holding);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || pump(from, to, |_bytes| true));
                let (flag, tell) = (Arc::clone(&flag), tell.clone());
                thread::spawn(move || pump(server, client, |bytes| goes_on(bytes, &flag, &tell)));
            }
        });
        Self { url: format!("{before}@{own}/{database}"), holding, held: Mutex::new(held) }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Holds every answer to a commit from now on.
    pub(crate) fn hold(&self) {
        self.holding.store(true, Ordering::SeqCst);
    }

    /// Lets answers go on until `enough` holds, and answers the one that it holds at: dropped, its connection is cut off, which whoever waits for it sees.
    #[must_use]
    pub(crate) fn until_held(&self, enough: impl Fn() -> bool) -> Held {
        let held = self.held.lock().unwrap();
        loop {
            let answer = held.recv_timeout(crate::process::DEADLINE).expect("a commit comes in time");
            if enough() {
                return answer;
            }
            answer.send(true).unwrap();
        }
    }

    /// Holds nothing any more.
    pub(crate) fn let_go(&self) {
        self.holding.store(false, Ordering::SeqCst);
        while self.held.lock().unwrap().try_recv().is_ok() {}
    }
}

/// Whether these bytes of the server's are to be passed on.
fn goes_on(bytes: &[u8], holding: &AtomicBool, tell: &Sender<Held>) -> bool {
    let commits = bytes.windows(COMMITTED.len()).any(|window| window == COMMITTED);
    if !commits || !holding.load(Ordering::SeqCst) {
        return true;
    }
    let (held, told) = channel();
    tell.send(held).is_ok() && told.recv().unwrap_or(false)
}

/// Passes bytes on until one side ends, or some are not to go on.
fn pump(mut from: TcpStream, mut to: TcpStream, goes_on: impl Fn(&[u8]) -> bool) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if !goes_on(&bytes[..count]) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // The other direction ends with it.
    drop(to.shutdown(std::net::Shutdown::Both));
    drop(from.shutdown(std::net::Shutdown::Both));
}
