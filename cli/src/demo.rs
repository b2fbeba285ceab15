//! `stet demo`: a real batch end to end, offline, with nothing but this binary.

mod drift;
mod question;

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget};
use secrecy::SecretString;
use serde_json::{Value, json};
use stet_simulator::{Options, Running, Scenario, Simulator};

use question::{Asked, Question, ask, create, id_of};

use crate::args;
use crate::client::verify::{self, Subjects};
use crate::client::watch::follow;
use crate::client::{Client, KEY_FILE, page};
use crate::exit::Exit;
use crate::screen::Screen;
use crate::secrets::read_private;
use crate::serve::until_stopped;
use crate::server::{Migrations, Server};
use crate::settings::{DatabaseUrl, ExecutionMode, Settings};
use crate::signals::Signals;

/// Text by OpenAI.
const QUESTION: Question = Question {
    template: include_bytes!("../../examples/vat-question.json"),
    batch: include_bytes!("../../examples/vat-batch.json"),
};
/// Strict JSON by Gemini, in two steps.
const FACTS: Question = Question {
    template: include_bytes!("../../examples/vat-facts.json"),
    batch: include_bytes!("../../examples/vat-facts-batch.json"),
};
/// As slow as a quick model, so that there is something to watch.
const STEADY: &[u8] = br#"{"latency": {"min_ms": 40, "max_ms": 400}}"#;
/// The version that answers for a while in the middle of the batch.
const OTHER_VERSION: &str = "gpt-5.4-2026-11-20";
/// The model changes after so many calls, the probe's among them.
const CHANGES_AFTER: u64 = 121;
const PREFERRED_PORT: u16 = 8080;
/// Cells in flight at once: few enough to see them pass.
const CONCURRENCY: u32 = 24;

pub(crate) async fn run(settings: Settings, screen: Screen, options: &args::Demo) -> anyhow::Result<Exit> {
    let scenario = Scenario::parse(STEADY).context("the demo's scenario cannot be read")?;
    let simulator = Simulator::new(Options { seed: options.seed, scenario, key: None })
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .context("the simulator cannot be started")?;
    let settings = demo_settings(settings, options, &simulator);
    let mut signals = Signals::listen()?;
    let server = Server::start(&settings, Migrations::Run).await?;
    let demonstrated = tokio::select! {
        report = demonstrate(&settings, screen, &server, &simulator, options) => report,
        () = signals.next() => {
            screen.say("stopping; the next start finishes the batch");
            server.stop().await?;
            return Ok(Exit::Interrupted);
        }
    };
    let (exit, report) = match demonstrated {
        Ok(done) => done,
        Err(error) => {
            server.stop().await?;
            return Err(error);
        }
    };
    if screen.is_json() {
        println!("{report}");
    }
    if options.exit {
        server.stop().await?;
    } else {
        screen.say(&format!(
            "\nThe API goes on at {} with the key in {}.",
            server.url(),
            settings.data_dir.join(KEY_FILE).display()
        ));
        screen.say("Ctrl-C ends it; the next start finds its data again.");
        until_stopped(signals, server.into_running(), pending()).await?;
    }
    simulator.shutdown().await.context("the simulator ended badly")?;
    Ok(exit)
}

/// The settings of the demo: its own folder, the simulator for a provider.
fn demo_settings(mut settings: Settings, options: &args::Demo, simulator: &Running) -> Settings {
    settings.database_url =
        DatabaseUrl::Sqlite { path: options.data_dir.join("stet.db").to_string_lossy().into_owned() };
    settings.execution_mode = ExecutionMode::Sync;
    settings.data_dir.clone_from(&options.data_dir);
    settings.listen =
        SocketAddr::from((Ipv4Addr::LOCALHOST, options.port.unwrap_or_else(free_port))).to_string();
    let key = || Some(SecretString::from("simulator"));
    settings.providers.openai_base_url = simulator.openai_base_url();
    settings.providers.openai_api_key = key();
    settings.providers.gemini_base_url = simulator.gemini_base_url();
    settings.providers.gemini_api_key = key();
    settings.providers.vertex = None;
    settings.worker_concurrency = CONCURRENCY;
    settings
}

/// The usual port, or any where it is taken: a newcomer's first start should not fail over it.
fn free_port() -> u16 {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, PREFERRED_PORT)) {
        Ok(_free) => PREFERRED_PORT,
        Err(_taken) => 0,
    }
}

async fn demonstrate(
    settings: &Settings,
    screen: Screen,
    server: &Server,
    simulator: &Running,
    options: &args::Demo,
) -> anyhow::Result<(Exit, Value)> {
    let key = read_private(&settings.data_dir.join(KEY_FILE))?.with_context(|| {
        format!("{} is missing: the demo needs its folder whole", settings.data_dir.join(KEY_FILE).display())
    })?;
    let client = Client::with_key(&server.url(), SecretString::from(key.trim()))?;
    let template = create(&client, screen, &QUESTION).await?;
    let earlier = finish_earlier(&client, screen).await?;

    simulator.set_scenario(changing(simulator.counts().received)?);
    let steady = Scenario::parse(STEADY).context("the demo's scenario cannot be read")?;
    let back = || simulator.set_scenario(steady.clone());
    let asked = ask(&client, screen, template, &QUESTION, back).await?;
    // Short of the change, where a batch is small: the model is steady from here on in any case.
    simulator.set_scenario(steady.clone());
    screen.say("");
    let template = create(&client, screen, &FACTS).await?;
    let facts = ask(&client, screen, template, &FACTS, || {}).await?;

    let verification = check(&client, screen, &[&asked, &facts]).await?;
    let agreed = verification.disagreeing.is_empty();
    screen.say(&format!(
        "verified every hash and HMAC of {} templates, {} batches and {} runs: {} disagree",
        verification.templates,
        verification.batches,
        verification.runs,
        verification.disagreeing.len(),
    ));
    let report = json!({
        "template": asked.template,
        "batch": asked.batch,
        "drift": asked.drift,
        "earlier_batches": earlier,
        "results": asked.results,
        "facts": facts.document(),
        "verification": verification.document(),
        "api": { "url": server.url(), "key_file": settings.data_dir.join(KEY_FILE) },
        "serving": !options.exit,
    });
    // A grounded answer in strict JSON may miss what is asked of it: that is for the operator to see, and no failure of the demo.
    Ok((if agreed && asked.all_succeeded() { Exit::Done } else { Exit::Error }, report))
}

/// The steady model until so many calls more, then another version.
fn changing(received: u64) -> anyhow::Result<Scenario> {
    let scenario = json!({
        "latency": {"min_ms": 40, "max_ms": 400},
        "rules": [{
            "when": {"provider": "openai", "call_from": received + CHANGES_AFTER},
            "then": {"model_version": OTHER_VERSION},
        }],
    });
    Scenario::parse(scenario.to_string().as_bytes()).context("the demo's scenario cannot be read")
}

/// Finishes what an earlier start left open; answers how many batches there are.
async fn finish_earlier(client: &Client, screen: Screen) -> anyhow::Result<usize> {
    let earlier = page::fetch(client, "/v1/batches", &[], u32::MAX).await?;
    if !earlier.is_empty() {
        screen.say(&format!("batches of earlier starts that are still here: {}", earlier.len()));
    }
    for open in
        earlier.iter().filter(|batch| matches!(batch["status"].as_str(), Some("preflight" | "running")))
    {
        let id = id_of(open)?;
        screen.say(&format!("finishing  {id}, which an earlier start left open"));
        follow(client, screen, &id).await?;
    }
    Ok(earlier.len())
}

async fn check(client: &Client, screen: Screen, asked: &[&Asked]) -> anyhow::Result<verify::Report> {
    let mut subjects = Subjects::default();
    for asked in asked {
        subjects.templates.push(asked.template_id()?);
        subjects.add_batch(client, asked.batch_id()?).await?;
    }
    let target = if screen.is_json() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(subjects.count()), target);
    let report = verify::verify(client, subjects, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    Ok(report)
}
