//! `stet serve`.

use std::future::pending;
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;

use crate::args::Serve;
use crate::client::KEY_FILE;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::server::{Migrations, Running, Server};
use crate::settings::Settings;
use crate::signals::Signals;

pub(crate) async fn run(mut settings: Settings, screen: Screen, options: &Serve) -> anyhow::Result<Exit> {
    if let Some(listen) = options.listen {
        settings.listen = listen.to_string();
    }
    let server = Server::start(&settings, Migrations::Refuse).await?;
    // Before anything is said: whoever reads that it serves may stop it at once.
    let signals = Signals::listen()?;
    announce(screen, &server, &settings.data_dir);
    if settings.providers.are_none() {
        tracing::warn!(
            "no provider has credentials (OPENAI_API_KEY, GEMINI_API_KEY, VERTEX_PROJECT): no template can run here"
        );
    }
    until_stopped(signals, server.into_running(), pending()).await?;
    Ok(Exit::Done)
}

/// Says where the API is and where its first key lies.
pub(crate) fn announce(screen: Screen, server: &Server, data_dir: &Path) {
    tracing::info!(url = server.url(), "serving");
    if server.first_key().is_some() {
        screen.say(&format!("an admin key was made: {}", data_dir.join(KEY_FILE).display()));
    }
    screen.say(&format!("the API is at {} (description: {}/openapi.json)", server.url(), server.url()));
}

/// Works until a signal, or until a part stands still or has ended, and then stops in order; a signal meanwhile hastens the end. Answers for how long the part stood
/// still.
///
/// # Errors
/// A part that ended before it was told to, however it did.
pub(crate) async fn until_stopped(
    mut signals: Signals,
    running: Running,
    stands_still: impl Future<Output = Duration>,
) -> anyhow::Result<Option<Duration>> {
    let (still, fell) = tokio::select! {
        () = signals.next() => (None, false),
        still = stands_still => (Some(still), false),
        () = running.fallen() => (None, true),
    };
    if fell {
        tracing::error!("a part of this process has ended: it ends, start another");
    }
    tracing::info!("stopping; a second signal hastens it");
    let hasten = running.hastener();
    let hastened = async move {
        signals.next().await;
        hasten.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        stopped = running.stop() => stopped?,
        () = hastened => {}
    }
    ensure!(!fell, "a part of this process ended before it was told to");
    Ok(still)
}
