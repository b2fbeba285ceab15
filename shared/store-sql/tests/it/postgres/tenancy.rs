//! Orgs that take turns on the same few connections, through a pooler, with callers that panic and callers that go away.

use std::sync::Arc;
use std::time::Duration;

use stet_domain::ids::{OrgId, TemplateId};
use stet_store::conformance::sample::org;
use stet_store::conformance::scene::Scene;
use stet_store::{PageRequest, Store, StoreError};
use stet_testkit::{TempPostgres, Way};
use tokio::sync::Semaphore;

const ORGS: [&str; 4] = ["acme", "bravo", "coyote", "delta"];

/// Transactions in all.
const TURNS: usize = 1_000;

/// Callers at once: ten for each of the two connections, so that they take turns without cease.
const CALLERS: usize = 20;

/// Everything on one page.
const ALL: PageRequest = PageRequest { after: None, limit: 200 };

/// Reads as one org, and looks whether a row of another is among what comes back.
async fn look(
    store: &dyn Store,
    here: &OrgId,
    foreign: TemplateId,
    turn: usize,
) -> Result<(usize, usize), StoreError> {
    let mut tx = if turn.is_multiple_of(2) { store.begin(here).await? } else { store.read(here).await? };
    let own = tx.list_templates(ALL).await?.items;
    assert!(turn % 10 != 3, "a caller that panics with its transaction open");
    if turn % 10 == 7 {
        // Until it is cut off in the middle.
        std::future::pending::<()>().await;
    }
    let stray = tx.get_template(foreign).await?;
    let strangers = own.iter().filter(|row| row.org != *here).count() + usize::from(stray.is_some());
    Ok((own.len(), strangers))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_turns_through_two_connections_show_no_foreign_row() {
    let bed = TempPostgres::through(Way::Narrow).await;
    let mut templates = Vec::new();
    let mut scene = Scene::open(bed.store()).await.unwrap();
    for name in ORGS {
        scene.act_as(name).await.unwrap();
        templates.push(scene.template().await.unwrap().id);
    }
    let mut turns = tokio::task::JoinSet::new();
    let callers = Arc::new(Semaphore::new(CALLERS));
    for turn in 0..TURNS {
        let (store, callers) = (bed.store().clone(), Arc::clone(&callers));
        let foreign = templates[(turn + 1) % ORGS.len()];
        turns.spawn(async move {
            let _turn = callers.acquire().await;
            let here = org(ORGS[turn % ORGS.len()]);
            let looked = look(&store, &here, foreign, turn);
            if turn % 10 == 7 {
                tokio::time::timeout(Duration::from_millis(20), looked).await.ok()
            } else {
                Some(looked.await)
            }
        });
    }
    let (mut seen, mut panicked, mut cut_off, mut strangers) = (0, 0, 0, 0);
    while let Some(turn) = turns.join_next().await {
        match turn {
            Err(panic) => {
                assert!(panic.is_panic());
                panicked += 1;
            }
            Ok(None) => cut_off += 1,
            Ok(Some(Ok((own, foreign)))) => {
                assert_eq!(own, 1, "an org sees what is its own");
                strangers += foreign;
                seen += 1;
            }
            Ok(Some(Err(other))) => panic!("{other}"),
        }
    }
    assert_eq!(strangers, 0, "rows of another org were seen");
    assert_eq!((seen, panicked, cut_off), (TURNS * 8 / 10, TURNS / 10, TURNS / 10));
}
