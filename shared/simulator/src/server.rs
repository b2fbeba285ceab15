//! The server: bind, serve, stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::ledger::{Counts, ReceivedCall};
use crate::scenario::Scenario;
use crate::state::State;
use crate::{control, google, oauth, openai};

/// Bytes of a request body that are read.
const BODY_MAX_BYTES: usize = 16 * 1024 * 1024;

/// How the simulator behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Enters every draw: another seed, other answers.
    pub seed: u64,
    /// What goes wrong, until the control endpoint says otherwise.
    pub scenario: Scenario,
    /// The only key, or on Vertex the only access token beside the issued ones, that is accepted; any where left out.
    pub key: Option<String>,
}

/// A simulator that is not serving yet.
#[derive(Debug, Default)]
pub struct Simulator {
    options: Options,
}

/// A simulator that serves; it stops when this is dropped.
pub struct Running {
    local_addr: SocketAddr,
    state: Arc<State>,
    close: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
}

impl Simulator {
    /// A simulator that will behave as `options` say.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }

    /// Binds the address (port 0 picks one) and begins to serve; must be called inside a tokio runtime.
    ///
    /// # Errors
    /// What the operating system says of the address, such as a port in use.
    pub async fn bind(self, address: SocketAddr) -> io::Result<Running> {
        let listener = TcpListener::bind(address).await?;
        let local_addr = listener.local_addr()?;
        let (close, closing) = watch::channel(false);
        let state = Arc::new(State::new(self.options, closing.clone()));
        let router = Router::new()
            .merge(openai::routes())
            .merge(google::routes())
            .merge(oauth::routes())
            .nest("/_simulator", control::routes())
            .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
            .with_state(Arc::clone(&state));
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY cannot be set");
            }
        });
        let closed = closed(closing);
        let task =
            tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(closed).await });
        Ok(Running { local_addr, state, close, task })
    }
}

async fn closed(mut closing: watch::Receiver<bool>) {
    // An error means that the handle is gone, which ends the server as well.
    if closing.wait_for(|closing| *closing).await.is_err() {
        tracing::debug!("the simulator's handle was dropped");
    }
}

impl Running {
    /// The address that it serves.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The base address of the OpenAI interface, as an adapter takes it.
    #[must_use]
    pub fn openai_base_url(&self) -> String {
        format!("http://{}/v1", self.local_addr)
    }

    /// The base address of the Gemini Developer API: `{base}/models/{model}:generateContent`.
    #[must_use]
    pub fn gemini_base_url(&self) -> String {
        format!("http://{}/v1beta", self.local_addr)
    }

    /// The base address of Vertex AI, under which `v1` and `v1beta1` lie: `{base}/v1/projects/…`.
    #[must_use]
    pub fn vertex_base_url(&self) -> String {
        format!("http://{}", self.local_addr)
    }

    /// The address of the OAuth token endpoint, as a service account's `token_uri` has it.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("http://{}/token", self.local_addr)
    }

    /// From now on, this scenario; call numbers go on.
    pub fn set_scenario(&self, scenario: Scenario) {
        self.state.set_scenario(Arc::new(scenario));
    }

    /// Forgets all calls and takes up the scenario of the start.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// The remembered calls numbered above `after`, at most `limit`.
    #[must_use]
    pub fn calls(&self, after: u64, limit: usize) -> Vec<ReceivedCall> {
        self.state.calls(after, limit)
    }

    /// Figures over the calls.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state.counts()
    }

    /// Stops accepting, ends calls that hang, lets the others finish, and returns when all connections are closed.
    ///
    /// # Errors
    /// What the accept loop ended with.
    pub async fn shutdown(self) -> io::Result<()> {
        self.close.send_replace(true);
        self.task.await.map_err(io::Error::other)?
    }

    /// Serves until the accept loop ends; for a process that does nothing else.
    ///
    /// # Errors
    /// What the accept loop ended with.
    pub async fn serve(self) -> io::Result<()> {
        self.task.await.map_err(io::Error::other)?
    }
}
