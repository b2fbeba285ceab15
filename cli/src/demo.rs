//! `stet demo`: a real batch end to end, offline, with nothing but this binary.

mod results;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget};
use secrecy::SecretString;
use serde_json::{Value, json};
use stet_simulator::{Options, Scenario, Simulator};

use crate::args;
use crate::client::verify::{self, Subjects};
use crate::client::watch::{counter, follow};
use crate::client::{Client, KEY_FILE, page};
use crate::exit::Exit;
use crate::screen::Screen;
use crate::secrets::read_private;
use crate::serve::until_stopped;
use crate::server::{Migrations, Server};
use crate::settings::{DatabaseUrl, Settings};
use crate::signals::Signals;

const TEMPLATE: &[u8] = include_bytes!("../../examples/vat-question.json");
const BATCH: &[u8] = include_bytes!("../../examples/vat-batch.json");
/// As slow as a quick model, so that there is something to watch.
const SCENARIO: &[u8] = br#"{"latency": {"min_ms": 40, "max_ms": 400}}"#;
const PREFERRED_PORT: u16 = 8080;
/// Cells in flight at once: few enough to see them pass.
const CONCURRENCY: u32 = 24;

pub(crate) async fn run(settings: Settings, screen: Screen, options: &args::Demo) -> anyhow::Result<Exit> {
    let scenario = Scenario::parse(SCENARIO).context("the demo's scenario cannot be read")?;
    let simulator = Simulator::new(Options { seed: options.seed, scenario, key: None })
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .context("the simulator cannot be started")?;
    let settings = demo_settings(settings, options, simulator.openai_base_url());
    let mut signals = Signals::listen()?;
    let server = Server::start(&settings, Migrations::Run).await?;
    let demonstrated = tokio::select! {
        report = demonstrate(&settings, screen, &server, options) => report,
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
        until_stopped(server).await?;
    }
    simulator.shutdown().await.context("the simulator ended badly")?;
    Ok(exit)
}

/// The settings of the demo: its own folder, the simulator for a provider.
fn demo_settings(mut settings: Settings, options: &args::Demo, base_url: String) -> Settings {
    settings.database_url =
        DatabaseUrl::Sqlite { path: options.data_dir.join("stet.db").to_string_lossy().into_owned() };
    settings.data_dir.clone_from(&options.data_dir);
    settings.listen =
        SocketAddr::from((Ipv4Addr::LOCALHOST, options.port.unwrap_or_else(free_port))).to_string();
    settings.providers.openai_base_url = base_url;
    settings.providers.openai_api_key = Some(SecretString::from("simulator"));
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
    options: &args::Demo,
) -> anyhow::Result<(Exit, Value)> {
    let key = read_private(&settings.data_dir.join(KEY_FILE))?.with_context(|| {
        format!("{} is missing: the demo needs its folder whole", settings.data_dir.join(KEY_FILE).display())
    })?;
    let client = Client::with_key(&server.url(), SecretString::from(key.trim()))?;

    let template = client.post("/v1/templates", &[], TEMPLATE.to_vec(), None).await?.body;
    let template_id = id_of(&template)?;
    screen.say(&format!("template {template_id}  sha256 {}", text(&template, "/template_sha256")));
    let earlier = page::fetch(&client, "/v1/batches", &[], u32::MAX).await?;
    if !earlier.is_empty() {
        screen.say(&format!("batches of earlier starts that are still here: {}", earlier.len()));
    }
    for open in
        earlier.iter().filter(|batch| matches!(batch["status"].as_str(), Some("preflight" | "running")))
    {
        let id = id_of(open)?;
        screen.say(&format!("finishing  {id}, which an earlier start left open"));
        follow(&client, screen, &id).await?;
    }
    let earlier = earlier.len();

    let batch =
        client.post(&format!("/v1/templates/{template_id}/batch-run"), &[], BATCH.to_vec(), None).await?.body;
    let batch_id = id_of(&batch)?;
    screen.say(&format!(
        "batch    {batch_id}  {} cells: {} locales × {} modes × {} replicates",
        text(&batch, "/cells"),
        batch["locales"].as_array().map_or(0, Vec::len),
        batch["grounding_modes"].as_array().map_or(0, Vec::len),
        text(&batch, "/replicates"),
    ));
    let (exit, batch) = follow(&client, screen, &batch_id).await?;
    if !matches!(exit, Exit::Done | Exit::CellsFailed) {
        bail!("the batch ended as {}: {}", text(&batch, "/status"), text(&batch, "/reason"));
    }
    let runs = page::fetch(&client, &format!("/v1/batches/{batch_id}/runs"), &[], u32::MAX).await?;
    let results = results::summarise(&runs);
    results::show(screen, &results)?;

    let verification = check(&client, screen, template_id, &batch_id).await?;
    let agreed = verification.disagreeing.is_empty();
    screen.say(&format!(
        "verified every hash and HMAC of {} template, {} batch and {} runs: {} disagree",
        verification.templates,
        verification.batches,
        verification.runs,
        verification.disagreeing.len(),
    ));
    let report = json!({
        "template": template,
        "batch": batch,
        "earlier_batches": earlier,
        "results": results,
        "verification": verification.document(),
        "api": { "url": server.url(), "key_file": settings.data_dir.join(KEY_FILE) },
        "serving": !options.exit,
    });
    let all_succeeded = counter(&batch, "succeeded") == batch["cells"].as_u64().unwrap_or_default();
    Ok((if agreed && all_succeeded { Exit::Done } else { Exit::Error }, report))
}

async fn check(
    client: &Client,
    screen: Screen,
    template: String,
    batch: &str,
) -> anyhow::Result<verify::Report> {
    let mut subjects = Subjects { templates: vec![template], ..Subjects::default() };
    subjects.add_batch(client, batch.to_owned()).await?;
    let target = if screen.is_json() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(subjects.count()), target);
    let report = verify::verify(client, subjects, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    Ok(report)
}

fn id_of(document: &Value) -> anyhow::Result<String> {
    document["id"].as_str().map(str::to_owned).context("the answer names no id")
}

fn text(document: &Value, pointer: &str) -> String {
    match document.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
