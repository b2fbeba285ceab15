//! Faults of the body and the connection, the same for every vendor.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use futures::Stream;
use tokio::sync::watch;

/// Polls between the last byte sent and the break, so that the server has flushed what it has.
const FLUSH_POLLS: u8 = 8;

/// A body that promises more than it brings: the connection breaks after `after_bytes`.
pub(crate) fn cut(reply: &mut Response<Body>, body: &Bytes, after_bytes: usize) {
    let kept = body.slice(..after_bytes.min(body.len()));
    reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len() + 1));
    *reply.body_mut() = Body::from_stream(CutStream { kept: Some(kept), polls_left: FLUSH_POLLS });
}

struct CutStream {
    kept: Option<Bytes>,
    polls_left: u8,
}

impl Stream for CutStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(kept) = self.kept.take()
            && !kept.is_empty()
        {
            return Poll::Ready(Some(Ok(kept)));
        }
        if self.polls_left > 0 {
            self.polls_left -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut by the scenario"))))
    }
}

/// A JSON string of `bytes` bytes, sent in pieces.
pub(crate) fn huge(reply: &mut Response<Body>, bytes: usize) {
    const PIECE: &[u8] = &[b'x'; 64 * 1024];
    let whole = (0..bytes / PIECE.len()).map(|_| Bytes::from_static(PIECE));
    let rest = Bytes::from_static(&PIECE[..bytes % PIECE.len()]);
    let pieces = whole.chain([rest]).map(Ok::<_, Infallible>);
    *reply.body_mut() = Body::from_stream(futures::stream::iter(pieces));
}

/// The body with its middle byte made one that UTF-8 does not have.
pub(crate) fn invalid_utf8(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte = 0xff;
    }
    bytes.into()
}

/// A page as a proxy would send it.
pub(crate) fn page(reply: &mut Response<Body>) {
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    *reply.body_mut() = Body::from("<html><body><h1>502 Bad Gateway</h1></body></html>\n");
}

/// Never returns while the client waits, unless the simulator is closing.
pub(crate) async fn hang(mut closing: watch::Receiver<bool>) {
    if closing.wait_for(|closing| *closing).await.is_err() {
        tracing::debug!("the simulator's handle was dropped while a call hung");
    }
}
