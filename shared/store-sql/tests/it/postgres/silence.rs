//! A connection that is gone without anybody having said so.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use stet_store::conformance::scene::{LONG_SECONDS, Scene};
use stet_store::{LastLives, Patience, Store as _, StoreError};
use stet_store_sql::{Postgres, PostgresOptions};
use stet_testkit::{Login, TempPostgres, Way};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A way to the server whose connections can be made to carry nothing more; those that come later do.
struct Wire {
    port: u16,
    cuts: watch::Sender<u32>,
}

impl Wire {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (cuts, cut) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut cut = cut.clone();
                cut.mark_unchanged();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = cut.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { port: own, cuts }
    }

    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_carries_nothing_is_given_up_and_another_taken() {
    let bed = TempPostgres::open().await;
    let mut scene = Scene::open(bed.store()).await.unwrap();
    let (_, ids) = scene.running(1).await.unwrap();
    let url = bed.url(Way::Straight, Login::Worker);
    let options: PgConnectOptions = url.parse().unwrap();
    let wire = Wire::to(options.get_port()).await;
    let relayed = url.replace(&format!(":{}/", options.get_port()), &format!(":{}/", wire.port));
    assert_ne!(relayed, url);
    let engine = Postgres::open(&relayed, Some(&url), &PostgresOptions::default()).await.unwrap();

    let patience = Duration::from_secs(5);
    let mut tx = Patience::bounded(patience, engine.begin(&scene.org)).await.unwrap();
    wire.cut();
    let started = Instant::now();
    let worker = stet_store::conformance::sample::worker("a");
    let refused = tx.claim_runs(&ids, &worker, LONG_SECONDS, LastLives::ANY).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
    drop(tx);
    // Those at rest are cut, too, which shows when they are tried.
    let mut tx = loop {
        match Patience::bounded(patience, engine.begin(&scene.org)).await {
            Ok(tx) => break tx,
            Err(StoreError::Unavailable { .. }) => assert!(started.elapsed() < Duration::from_secs(90)),
            Err(error) => panic!("{error}"),
        }
    };
    let claimed = tx.claim_runs(&ids, &worker, LONG_SECONDS, LastLives::ANY).await.unwrap();
    assert_eq!(claimed.len(), ids.len());
    tx.commit().await.unwrap();
}
