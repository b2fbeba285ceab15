//! A process under test: what it prints is read as it comes, and it does not outlive its test.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// No condition takes longer, on a machine however busy.
pub(crate) const DEADLINE: Duration = Duration::from_secs(90);
/// Between two looks at a condition.
const LOOK: Duration = Duration::from_millis(5);

/// Looks again and again until there is an answer.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "waited {DEADLINE:?} in vain for {what}");
        std::thread::sleep(LOOK);
    }
}

/// A started process.
pub(crate) struct Process {
    child: Child,
    name: String,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// What a process left behind.
pub(crate) struct Ended {
    name: String,
    /// The exit status; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let name = format!("{:?}", command.get_args().collect::<Vec<_>>());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (out, err) = (Arc::default(), Arc::default());
        let readers = vec![
            read(child.stdout.take().expect("it is piped"), Arc::clone(&out)),
            read(child.stderr.take().expect("it is piped"), Arc::clone(&err)),
        ];
        Self { child, name, out, err, readers }
    }

    /// All of standard output and standard error so far.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.out.lock().unwrap(), self.err.lock().unwrap())
    }

    /// Waits until the process says something from which `found` makes an answer; `None` where it ends without.
    pub(crate) fn says<T>(&mut self, what: &str, mut found: impl FnMut(&str) -> Option<T>) -> Option<T> {
        until(&format!("{what} from {}", self.name), || {
            let over = self.is_over();
            let answer = found(&self.said());
            if answer.is_some() || over { Some(answer) } else { None }
        })
    }

    /// Whether it has ended and all it said is read.
    pub(crate) fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some() && self.readers.iter().all(JoinHandle::is_finished)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// `kill -9`; whether it was running.
    pub(crate) fn kill(&mut self) -> bool {
        let running = self.child.try_wait().unwrap().is_none();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        running
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        let name = self.name.clone();
        until(&format!("the end of {name}"), || self.is_over().then_some(()));
        let code = self.child.wait().unwrap().code();
        let (out, err) = (self.out.lock().unwrap().clone(), self.err.lock().unwrap().clone());
        Ended { name, code, out, err }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            // A process that ended a moment ago cannot be killed, and need not be.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// Reads to the end; bytes that are not UTF-8 show as such.
fn read(mut from: impl Read + Send + 'static, to: Arc<Mutex<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let (mut held, mut bytes) = (Vec::new(), [0; 8192]);
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            held.extend_from_slice(&bytes[..count]);
            // A character may be cut by the end of the buffer: the text is made from all bytes again.
            *to.lock().unwrap() = String::from_utf8_lossy(&held).into_owned();
        }
    })
}

impl Ended {
    /// Demands this exit status.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\nout: {}\nerr: {}", self.name, self.out, self.err);
        self
    }

    /// Demands that it succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.expect(0)
    }

    /// Demands exit status 1, nothing on standard output, and each of the texts on standard error.
    #[track_caller]
    pub(crate) fn refused(self, texts: &[&str]) -> Self {
        let refused = self.expect(1);
        assert_eq!(refused.out, "", "standard output is for results");
        for text in texts {
            assert!(refused.err.contains(text), "no {text:?} in: {}", refused.err);
        }
        refused
    }

    /// The only document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let documents = self.lines();
        assert_eq!(documents.len(), 1, "{}: {}", self.name, self.out);
        documents.into_iter().next().unwrap()
    }

    /// Standard output, where every line is a document.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(read).collect()
    }
}
