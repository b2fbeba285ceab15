//! A simulator and a server in one folder, and client verbs that speak to the server.

use serde_json::Value;

use crate::bed::{Bed, example};
use crate::http;
use crate::process::{Ended, Process, until};

/// What the server is told unless a test says otherwise.
const SETTINGS: &[(&str, &str)] = &[("STET_LISTEN", "127.0.0.1:0"), ("OPENAI_API_KEY", "simulator")];

pub(crate) struct Site {
    pub(crate) bed: Bed,
    settings: Vec<(String, String)>,
    simulator: Process,
    simulator_url: String,
    server: Option<Process>,
    url: String,
}

impl Site {
    /// A server over a simulator that plays the scenario.
    pub(crate) fn start(scenario: &str, settings: &[(&str, &str)]) -> Self {
        let mut site = Self::without_server(scenario, settings);
        site.serve();
        site
    }

    pub(crate) fn without_server(scenario: &str, settings: &[(&str, &str)]) -> Self {
        let bed = Bed::new();
        bed.write("scenario.json", scenario);
        let verb = ["simulator", "--port", "0", "--scenario", "scenario.json", "--json"];
        let mut simulator = Process::start(bed.command(&[], &verb));
        let base = simulator
            .says("an address", |said| serde_json::from_str::<Value>(said).ok())
            .unwrap_or_else(|| panic!("the simulator ended: {}", simulator.said()));
        let gemini = base["gemini_base_url"].as_str().unwrap().to_owned();
        let base = base["openai_base_url"].as_str().unwrap().to_owned();
        let mut all: Vec<(String, String)> =
            SETTINGS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.push(("OPENAI_BASE_URL".to_owned(), base.clone()));
        all.push(("GEMINI_BASE_URL".to_owned(), gemini));
        for (name, value) in settings {
            all.retain(|(known, _)| known != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let simulator_url = base.strip_suffix("/v1").unwrap().to_owned();
        Self { bed, settings: all, simulator, simulator_url, server: None, url: String::new() }
    }

    /// Starts the server without waiting for it.
    pub(crate) fn spawn(&self) -> Process {
        self.process(&[], &["serve"])
    }

    /// Starts a process with the site's settings and some of its own, which win.
    pub(crate) fn process(&self, own: &[(&str, &str)], arguments: &[&str]) -> Process {
        let mut settings: Vec<_> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        settings.extend(own);
        Process::start(self.bed.command(&settings, arguments))
    }

    /// Starts the server and waits until it serves.
    pub(crate) fn serve(&mut self) {
        let mut server = self.spawn();
        self.url = url_of(&mut server);
        self.server = Some(server);
    }

    pub(crate) fn server(&mut self) -> &mut Process {
        self.server.as_mut().expect("the server was started")
    }

    pub(crate) fn is_serving(&self) -> bool {
        self.server.is_some()
    }

    /// Takes the server out, so that its end can be waited for.
    pub(crate) fn take_server(&mut self) -> Process {
        self.server.take().expect("the server was started")
    }

    /// Ends the server by SIGTERM, which must go well.
    pub(crate) fn stop(&mut self) -> Ended {
        let server = self.take_server();
        server.signal(rustix::process::Signal::TERM);
        server.end().done()
    }

    pub(crate) fn simulator(&self) -> &Process {
        &self.simulator
    }

    /// A client verb, to its end.
    pub(crate) fn stet(&self, arguments: &[&str]) -> Ended {
        self.stet_with(&[], arguments)
    }

    pub(crate) fn stet_with(&self, settings: &[(&str, &str)], arguments: &[&str]) -> Ended {
        self.client(settings, arguments).end()
    }

    /// A client verb, under way.
    pub(crate) fn client(&self, settings: &[(&str, &str)], arguments: &[&str]) -> Process {
        let mut all = vec![("STET_URL", self.url.as_str())];
        all.extend(settings);
        Process::start(self.bed.command(&all, arguments))
    }

    /// Creates the example template; its id.
    pub(crate) fn template(&self) -> String {
        self.bed.write("template.json", example(|_same| {}));
        id(&self.stet(&["template", "create", "-f", "template.json"]).done().json())
    }

    /// Submits a batch from a document; its id.
    pub(crate) fn submit(&self, template: &str, submission: &str) -> String {
        self.bed.write("batch.json", submission);
        id(&self.stet(&["batch", "run", template, "-f", "batch.json"]).done().json())
    }

    /// A document of the API, read with the key of the data folder; `None` where there is no answer.
    pub(crate) fn api(&self, path: &str) -> Option<(u16, Value)> {
        http::get(&self.url, path, Some(&self.key()))
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The admin key of the data folder.
    pub(crate) fn key(&self) -> String {
        std::fs::read_to_string(self.bed.path("stet-data/api-key")).unwrap().trim().to_owned()
    }

    /// The batch as the API shows it.
    pub(crate) fn batch(&self, id: &str) -> Value {
        let (status, batch) = self.api(&format!("/v1/batches/{id}")).expect("the server answers");
        assert_eq!(status, 200, "{batch}");
        batch
    }

    /// Waits until the batch is as told.
    pub(crate) fn batch_until(&self, id: &str, what: &str, mut holds: impl FnMut(&Value) -> bool) -> Value {
        until(what, || Some(self.batch(id)).filter(|batch| holds(batch)))
    }

    /// What the simulator counted.
    pub(crate) fn counts(&self) -> Value {
        http::get(&self.simulator_url, "/_simulator/counts", None).expect("the simulator answers").1
    }

    /// Generation calls that the simulator received.
    pub(crate) fn received(&self) -> u64 {
        self.counts()["received"].as_u64().unwrap()
    }

    /// The same, once the batch has ended.
    pub(crate) fn received_after(&self, batch: &str) -> u64 {
        self.batch_until(batch, "the batch's end", |batch| batch["status"] == "completed");
        self.received()
    }

    /// All generation calls that the simulator received.
    pub(crate) fn calls(&self) -> Vec<Value> {
        let (_, calls) = http::get(&self.simulator_url, "/_simulator/calls?limit=100000", None)
            .expect("the simulator answers");
        calls.as_array().unwrap().clone()
    }

    /// Plays another scenario from the next call on.
    pub(crate) fn play(&self, scenario: &str) {
        let (status, said) =
            http::send("PUT", &self.simulator_url, "/_simulator/scenario", None, scenario).unwrap();
        assert_eq!(status, 204, "{said}");
    }

    /// What an unauthenticated path answers.
    pub(crate) fn status(&self, path: &str) -> Option<u16> {
        http::get(&self.url, path, None).map(|(status, _)| status)
    }

    pub(crate) fn database(&self) -> std::path::PathBuf {
        self.bed.path("stet-data/stet.db")
    }
}

pub(crate) fn id(document: &Value) -> String {
    document["id"].as_str().unwrap_or_else(|| panic!("no id in {document}")).to_owned()
}

/// Waits until a server says where it serves.
pub(crate) fn url_of(server: &mut Process) -> String {
    let url = server.says("the API's address", |said| {
        let (_, rest) = said.split_once("the API is at ")?;
        Some(rest.split_once(' ')?.0.to_owned())
    });
    url.unwrap_or_else(|| panic!("the server ended: {}", server.said()))
}
