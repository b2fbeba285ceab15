//! `stet simulator`.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use stet_simulator::{Options, Scenario, Simulator};

use crate::args;
use crate::canon::read;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::signals::Signals;

pub(crate) async fn run(screen: Screen, options: &args::Simulator) -> anyhow::Result<Exit> {
    let scenario = match &options.scenario {
        None => Scenario::default(),
        Some(file) => {
            Scenario::parse(&read(file)?).with_context(|| format!("{} is no scenario", file.display()))?
        }
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let running = Simulator::new(Options { seed: options.seed, scenario, key: None })
        .bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on: choose another --port"))?;
    let mut signals = Signals::listen()?;
    if screen.is_json() {
        screen.show(&serde_json::json!({
            "openai_base_url": running.openai_base_url(),
            "gemini_base_url": running.gemini_base_url(),
            "vertex_base_url": running.vertex_base_url(),
            "token_url": running.token_url(),
        }))?;
    } else {
        screen.say(&format!("OpenAI's API is simulated at {}", running.openai_base_url()));
        screen.say(&format!("Gemini's Developer API at {}", running.gemini_base_url()));
        screen.say(&format!(
            "Vertex AI at {}, its tokens at {}",
            running.vertex_base_url(),
            running.token_url()
        ));
        screen.say("any key is accepted; Ctrl-C ends it");
    }
    signals.next().await;
    running.shutdown().await.context("the simulator ended badly")?;
    Ok(Exit::Done)
}
