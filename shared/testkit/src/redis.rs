//! Redis for tests: the server that the test command started, or one of a test's own that it may empty, stop and start.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where the test command's server is.
const PORT: &str = "TEST_REDIS_PORT";

/// How long a server of a test's own may take to start.
const STARTED_WITHIN: Duration = Duration::from_secs(20);

/// The address of the test command's server, which other tests use as well: each installation has keys of its own there.
///
/// # Panics
/// Where the test command started no server.
#[expect(
    clippy::disallowed_methods,
    reason = "the test command tells tests by the environment where its servers are"
)]
#[must_use]
pub fn redis_url() -> String {
    let port = std::env::var(PORT).unwrap_or_else(|_absent| {
        panic!("{PORT} is not set: run this test by `cargo xtask test`, or by `cargo xtask services -- cargo nextest run …`")
    });
    format!("redis://127.0.0.1:{port}")
}

/// A server of the test's own, without persistence: a start finds it empty.
#[derive(Debug)]
pub struct TempRedis {
    server: Option<Child>,
    port: u16,
}

impl TempRedis {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// Where it does not start: nothing of the test would be true then.
    #[must_use]
    pub fn start() -> Self {
        let mut redis = Self::stopped();
        redis.up();
        redis
    }

    /// The address of one that is not there yet.
    ///
    /// # Panics
    /// Where no port is free.
    #[must_use]
    pub fn stopped() -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        Self { server: None, port }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it, empty, and waits until it answers.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn up(&mut self) {
        let server = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        self.server = Some(server);
        let start = Instant::now();
        while self.ask(&["ping"]) != "PONG" {
            assert!(start.elapsed() < STARTED_WITHIN, "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it: what it held is gone.
    ///
    /// # Panics
    /// Where it was not running.
    pub fn kill(&mut self) {
        let mut server = self.server.take().expect("it was started");
        server.kill().expect("it can be killed");
        server.wait().expect("it ends");
    }

    /// Stops it in its tracks: connections stay open and nothing answers, until [`Self::thaw`].
    ///
    /// # Panics
    /// Where it was not running.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// As [`Self::freeze`].
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.server.as_ref().expect("it was started").id().to_string();
        let told = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(told.is_ok_and(|told| told.success()), "it was not told to {signal}");
    }

    /// What a command answers, as text without its last newline.
    ///
    /// # Panics
    /// Where the command line client cannot be run.
    #[must_use]
    pub fn ask(&self, command: &[&str]) -> String {
        let asked = Command::new("redis-cli")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(command)
            .output()
            .expect("redis-cli runs");
        String::from_utf8_lossy(&asked.stdout).trim_end().to_owned()
    }

    /// Empties it.
    ///
    /// # Panics
    /// Where it refuses.
    pub fn flush(&self) {
        assert_eq!(self.ask(&["flushall"]), "OK");
    }
}

impl Drop for TempRedis {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // One that ended by itself cannot be killed, and need not be.
            drop(server.kill());
            drop(server.wait());
        }
    }
}
