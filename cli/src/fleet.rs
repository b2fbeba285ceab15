//! `stet worker` and `stet scheduler`: members of a fleet beside `stet serve`.

use std::time::Duration;

use stet_domain::member::Duty;

use crate::exit::Exit;
use crate::screen::Screen;
use crate::serve::until_stopped;
use crate::server::Member;
use crate::settings::Settings;
use crate::signals::Signals;

pub(crate) async fn worker(settings: &Settings, screen: Screen) -> anyhow::Result<Exit> {
    if settings.providers.are_none() {
        tracing::warn!(
            "no provider has credentials (OPENAI_API_KEY, GEMINI_API_KEY, VERTEX_PROJECT): no cell can be executed here"
        );
    }
    run(settings, screen, Duty::Worker).await
}

pub(crate) async fn scheduler(settings: &Settings, screen: Screen) -> anyhow::Result<Exit> {
    run(settings, screen, Duty::Scheduler).await
}

async fn run(settings: &Settings, screen: Screen, duty: Duty) -> anyhow::Result<Exit> {
    let member = Member::start(settings, duty).await?;
    let signals = Signals::listen()?;
    let what = match duty {
        Duty::Worker => "executing cells",
        Duty::Scheduler => "scheduling",
    };
    tracing::info!(incarnation = member.incarnation(), "{what}");
    screen.say(&format!("{what} as {}", member.incarnation()));
    if let Some(health) = member.health() {
        screen.say(&format!("the probes are at http://{health} (/livez, /readyz, /metrics)"));
    }
    let (running, stands_still) = member.into_parts();
    match until_stopped(signals, running, stands_still).await? {
        None => Ok(Exit::Done),
        // Whoever started this process starts another: what was in flight has been written, or is done again after its lease.
        Some(still) => Err(stalled(still)),
    }
}

fn stalled(still: Duration) -> anyhow::Error {
    anyhow::anyhow!(
        "the listener of the queue was not polled for {} s: this process ends, start another",
        still.as_secs()
    )
}
