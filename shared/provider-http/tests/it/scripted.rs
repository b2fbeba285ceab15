//! A small HTTP server on a loopback port that answers by a script: what no vendor's simulator should have to do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Bytes of a head or of a body that are read of a request at most.
const REQUEST_MAX_BYTES: usize = 1024 * 1024;

/// What arrived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    /// Method, target and version.
    pub(crate) line: String,
    /// Header lines, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// How a reply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// As it should.
    Well,
    /// With the connection, after so many bytes of the body.
    After(usize),
    /// Never: the connection stays open and nothing comes.
    Never,
    /// Never, after so many bytes of the body.
    Stalled(usize),
    /// After the body and so many spaces.
    Padded(usize),
}

/// A reply.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) ends: Ends,
}

impl Reply {
    /// A whole reply.
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        Self { status, headers: Vec::new(), body: body.to_vec(), ends: Ends::Well }
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same with another end.
    pub(crate) fn ending(self, ends: Ends) -> Self {
        Self { ends, ..self }
    }
}

type Script = dyn Fn(&Received) -> Reply + Send + Sync;

/// A running server; it ends when it is dropped.
pub(crate) struct Scripted {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Scripted {
    /// Binds a free port and answers by `script`.
    pub(crate) async fn serve(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (script, log): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&received));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Self { address, received, task }
    }

    /// Answers everything alike.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::serve(move |_| reply.clone()).await
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has arrived so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request a connection: what is left open by a broken reply is not used again.
async fn answer(mut stream: TcpStream, script: Arc<Script>, log: Arc<Mutex<Vec<Received>>>) {
    let Some(received) = read(&mut stream).await else { return };
    let reply = script(&received);
    log.lock().unwrap().push(received);
    // A client that has gone ends the reply: its end is the test's matter.
    let _gone = write(&mut stream, &reply).await;
    if matches!(reply.ends, Ends::Never | Ends::Stalled(_)) {
        std::future::pending::<()>().await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_ends = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if bytes.len() > REQUEST_MAX_BYTES || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_ends].to_vec()).ok()?;
    let mut lines = head.trim_end().lines();
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut received = Received { line, headers, body: bytes.split_off(head_ends) };
    let length: usize = received.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
    while received.body.len() < length.min(REQUEST_MAX_BYTES) {
        if stream.read_buf(&mut received.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(received)
}

async fn write(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    if reply.ends == Ends::Never {
        return Ok(());
    }
    let padding = if let Ends::Padded(spaces) = reply.ends { spaces } else { 0 };
    let mut head = format!(
        "HTTP/1.1 {} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n",
        reply.status,
        reply.body.len() + padding,
    );
    head.extend(reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    let sent = match reply.ends {
        Ends::After(bytes) | Ends::Stalled(bytes) => bytes,
        Ends::Well | Ends::Never | Ends::Padded(_) => reply.body.len(),
    };
    stream.write_all(&reply.body[..sent]).await?;
    stream.write_all(&vec![b' '; padding]).await?;
    stream.flush().await
}
