//! Redis in front of the rows: what it refuses, what it never decides, and what is left of it when it is emptied or gone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_coord::{AdmissionRequest, CacheWrite, Settlement};
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{OrgId, RunId};
use stet_domain::provider_limits::{ProviderGateKind, ProviderLimits};
use stet_domain::versions::ListedModel;
use stet_testkit::TempRedis;

use crate::fixture::Database;

const P: Provider = Provider::OpenAi;
const LONG_MS: u64 = 600_000;
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks again and again until it holds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The one key of a kind.
fn key(redis: &TempRedis, kind: &str) -> Option<String> {
    Some(redis.ask(&["keys", &format!("stet:*:{kind}:*")])).filter(|keys| !keys.is_empty())
}

fn ask(limits: ProviderLimits, wanted: &[u64]) -> AdmissionRequest<'_> {
    let settled = Settlement::default();
    AdmissionRequest { provider: P, limits, holder: "one", lease_ms: LONG_MS, in_use: 0, wanted, settled }
}

fn requests(per_minute: u64) -> ProviderLimits {
    ProviderLimits { requests_per_minute: Some(per_minute), ..ProviderLimits::NONE }
}

fn runs(ids: std::ops::Range<u128>) -> Vec<(OrgId, RunId)> {
    ids.map(|id| ("acme".parse().unwrap(), RunId::from_bytes(id.to_be_bytes()))).collect()
}

#[tokio::test]
async fn a_lead_is_refused_by_redis_and_granted_by_the_row_alone() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let (one, two) = (database.open().await.flights, database.open().await.flights);
    let first = one.try_lead("x", "one", LONG_MS).await.unwrap().expect("nobody leads");
    // The row would grant it: it is not asked.
    database.sql("UPDATE single_flights SET lease_until_us = 0").await;
    assert_eq!(two.try_lead("x", "two", LONG_MS).await.unwrap(), None);
    database.sql("UPDATE single_flights SET lease_until_us = 9000000000000000").await;
    // An emptied Redis grants nothing, and who was refused by the row leaves no mutex of its own.
    redis.flush();
    assert_eq!(two.try_lead("x", "two", LONG_MS).await.unwrap(), None);
    // The leader's is put back before a minute is over, and goes with the lead.
    until("the mutex is back", || key(&redis, "flight").is_some()).await;
    one.release("x", first).await.unwrap();
    assert_eq!(key(&redis, "flight"), None);
    assert!(two.try_lead("x", "two", LONG_MS).await.unwrap().expect("it is free") > first);
}

#[tokio::test]
async fn a_mutex_is_deleted_by_its_holder_alone() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let (one, two) = (database.open().await.flights, database.open().await.flights);
    let first = one.try_lead("x", "one", LONG_MS).await.unwrap().unwrap();
    database.sql("UPDATE single_flights SET lease_until_us = 0").await;
    redis.flush();
    let second = two.try_lead("x", "two", LONG_MS).await.unwrap().expect("the lease is over");
    let mutex = key(&redis, "flight").expect("the second holds it");
    let token = redis.ask(&["get", &mutex]);
    one.release("x", first).await.unwrap();
    assert_eq!(redis.ask(&["get", &mutex]), token);
    two.release("x", second).await.unwrap();
    assert_eq!(key(&redis, "flight"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mutex_is_kept_fresh_by_who_lives_and_goes_with_who_dies() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let one = database.open().await.flights;
    // A runtime of its own is a process that can be killed: its tasks vanish, its lease stays.
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let leads = doomed.spawn(async move { one.try_lead("x", "one", LONG_MS).await.unwrap() });
    assert!(leads.await.unwrap().is_some());
    let mutex = key(&redis, "flight").unwrap();
    let left = || redis.ask(&["pttl", &mutex]).parse::<i64>().unwrap();
    let at_first = left();
    assert!((1..=5_000).contains(&at_first), "{at_first}");
    until("it ran down for a while", || left() < at_first - 500).await;
    until("it is renewed", || left() > at_first - 300).await;
    doomed.shutdown_background();
    until("nobody renews it", || left() == -2).await;
    // What is left of the lease is the row's to keep.
    let two = database.open().await.flights;
    assert_eq!(two.try_lead("x", "two", LONG_MS).await.unwrap(), None);
    assert_eq!(key(&redis, "flight"), None);
}

#[tokio::test]
async fn a_closed_gate_outlives_an_emptied_redis() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let (one, two) = (database.open().await.gates, database.open().await.gates);
    one.block(P, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    assert!(key(&redis, "gate").is_some());
    redis.flush();
    let refused = two.admit(&ask(requests(600), &[1])).await.unwrap();
    assert_eq!((refused.admitted, refused.delay.unwrap().gate), (0, ProviderGateKind::Blocked));
    assert_eq!(key(&redis, "gate"), None);
    // The next look, which every process takes several times a second, builds it again.
    let stands = two.read().await.unwrap();
    assert!(stands[0].blocked_until > stands[0].now && key(&redis, "gate").is_some());
    // It refuses without the row then, for as long as the row would.
    database.sql("UPDATE provider_gates SET blocked_until_us = 0").await;
    let refused = one.admit(&ask(requests(600), &[1])).await.unwrap();
    let delay = refused.delay.unwrap();
    assert_eq!((refused.admitted, delay.gate), (0, ProviderGateKind::Blocked));
    assert!(delay.wait_us.is_some_and(|wait| (50_000_000..=60_000_000).contains(&wait)), "{delay:?}");
}

#[tokio::test]
async fn a_rate_is_kept_whatever_becomes_of_redis() {
    let mut redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let one = database.open().await.gates;
    // Sixty a minute: one at once, and one a second.
    let (limits, begun) = (requests(60), Instant::now());
    let mut admitted = one.admit(&ask(limits, &[1; 5])).await.unwrap().admitted;
    assert_eq!(admitted, 1);
    // Redis alone refuses: the row would let it pass.
    let stands = database.number("SELECT requests_until_us FROM provider_gates").await;
    database.sql("UPDATE provider_gates SET requests_until_us = 0").await;
    let refused = one.admit(&ask(limits, &[1])).await.unwrap();
    assert!(refused.admitted == 0 || begun.elapsed() >= Duration::from_secs(1), "{refused:?}");
    admitted += refused.admitted;
    database
        .sql(&format!("UPDATE provider_gates SET requests_until_us = greatest(requests_until_us, {stands})"))
        .await;
    let disasters: [&dyn Fn(&mut TempRedis); 3] = [&|redis| redis.flush(), &TempRedis::kill, &TempRedis::up];
    for disaster in disasters {
        disaster(&mut redis);
        for _ in 0..5 {
            admitted += one.admit(&ask(limits, &[1, 1])).await.unwrap().admitted;
        }
    }
    let most = 2 + usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!(admitted <= most, "{admitted} of {most}");
    // And it is not stricter than it should be for longer than a moment.
    let start = Instant::now();
    while one.admit(&ask(limits, &[1])).await.unwrap().admitted == 0 {
        assert!(start.elapsed() < Duration::from_secs(4), "what the row did not grant was not given back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_list_is_glanced_at_in_redis_and_read_in_the_row() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let (one, two) = (database.open().await, database.open().await);
    let fence = one.flights.try_lead("lists", "one", LONG_MS).await.unwrap().unwrap();
    let models = |id: &str| vec![ListedModel { id: id.to_owned(), mark: None, shutdown_date: None }];
    let (first, second) = (models("first"), models("second"));
    let write =
        |models, ttl_ms| CacheWrite { provider: P, models, etag: "e", ttl_ms, flight: "lists", fence };
    assert!(one.cache.write(write(Some(&first), LONG_MS)).await.unwrap());
    let glance = two.cache.glance(P).await.unwrap();
    let row = two.cache.read(P).await.unwrap();
    assert_eq!(glance.listing, row.listing);
    // Its moment is ahead of the database's by as long as the row took to be copied.
    assert!(glance.now <= row.now.plus_ms(300) && glance.now >= row.listing.unwrap().checked_at);
    // The copy is looked at, not the row; who reads is told what the row says.
    database
        .sql(r#"UPDATE provider_versions SET listing = '[{"id":"row","mark":null,"shutdown_date":null}]'"#)
        .await;
    assert_eq!(two.cache.glance(P).await.unwrap().listing.unwrap().models, first);
    assert_eq!(two.cache.read(P).await.unwrap().listing.unwrap().models, models("row"));
    // One that was written over is none, and what nobody can read or nobody has is read in the row.
    let copy = key(&redis, "versions").unwrap();
    assert_eq!(redis.ask(&["hset", &copy, "listing", "{}"]), "0");
    assert_eq!(two.cache.glance(P).await.unwrap().listing.unwrap().models, models("row"));
    redis.flush();
    assert_eq!(two.cache.glance(P).await.unwrap().listing.unwrap().models, models("row"));
    assert!(one.cache.write(write(Some(&second), LONG_MS)).await.unwrap());
    assert_eq!(two.cache.glance(P).await.unwrap().listing.unwrap().models, second);
    let left: u64 = redis.ask(&["pttl", &copy]).parse().unwrap();
    assert!(left <= 30_000, "{left}");
    // A row that holds no more leaves no copy that does.
    assert!(one.cache.write(write(None, 0)).await.unwrap());
    assert_eq!(key(&redis, "versions"), None);
}

#[tokio::test]
async fn a_doubled_hint_is_refused_for_two_seconds_and_no_longer() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let processes = [database.open().await.runs, database.open().await.runs];
    let start = Instant::now();
    let mut heard = Vec::new();
    for turn in 0..10 {
        heard.extend(processes[turn % 2].untold(runs(0..600)).await);
    }
    assert_eq!(heard, runs(0..600));
    assert_eq!(processes[1].untold(runs(599..601)).await, runs(600..601));
    // Emptied, it lets a hint through once more; the row's fence decides.
    redis.flush();
    assert_eq!(processes[1].untold(runs(0..1)).await, runs(0..1));
    let again = Instant::now();
    while processes[0].untold(runs(0..1)).await.is_empty() {
        assert!(again.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(
        (1_900..4_000).contains(&again.elapsed().as_millis()),
        "{:?} of {:?}",
        again.elapsed(),
        start.elapsed()
    );
}

#[tokio::test]
async fn without_redis_the_rows_are_asked_and_nobody_waits_for_it() {
    let mut redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let (one, two) = (database.open().await, database.open().await);
    let held = one.flights.try_lead("held", "one", LONG_MS).await.unwrap().unwrap();
    redis.kill();
    let start = Instant::now();
    for turn in 0..50 {
        assert_eq!(two.flights.try_lead("held", "two", LONG_MS).await.unwrap(), None);
        let name = format!("free-{turn}");
        let fence = two.flights.try_lead(&name, "two", LONG_MS).await.unwrap().expect("nobody leads");
        two.flights.release(&name, fence).await.unwrap();
        assert_eq!(two.gates.admit(&ask(requests(600_000), &[1])).await.unwrap().admitted, 1);
        assert_eq!(two.runs.untold(runs(0..1)).await, runs(0..1));
        two.cache.glance(P).await.unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    one.flights.release("held", held).await.unwrap();
    assert!(two.flights.try_lead("held", "two", LONG_MS).await.unwrap().is_some());
    // Back and empty, it is used again by itself.
    redis.up();
    let runs_of = Arc::clone(&two.runs);
    let start = Instant::now();
    while !(runs_of.untold(runs(1..2)).await.is_empty()) {
        assert!(start.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(key(&redis, "run").is_some());
}

#[tokio::test]
async fn a_redis_that_hangs_is_waited_for_by_one_caller_a_second() {
    let redis = TempRedis::start();
    let database = Database::behind(&redis).await;
    let process = database.open().await;
    redis.freeze();
    let start = Instant::now();
    for _ in 0..200 {
        assert_eq!(process.runs.untold(runs(0..1)).await, runs(0..1));
    }
    // One waited half a second, and all others passed by within the next.
    assert!(start.elapsed() < Duration::from_millis(1_400), "{:?}", start.elapsed());
    redis.thaw();
    let start = Instant::now();
    while !process.runs.untold(runs(1..2)).await.is_empty() {
        assert!(start.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
