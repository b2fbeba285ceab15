//! Leads, fences and leases.

use crate::fixture::Database;

const LONG_MS: u64 = 600_000;

#[tokio::test]
async fn one_leads_until_it_releases() {
    let database = Database::new().await;
    let (one, two) = (database.open().await, database.open().await);
    let first = one.flights.try_lead("x", "one", LONG_MS).await.unwrap().expect("nobody leads");
    assert_eq!(two.flights.try_lead("x", "two", LONG_MS).await.unwrap(), None);
    assert!(
        two.flights.try_lead("y", "two", LONG_MS).await.unwrap().is_some(),
        "another name is another flight"
    );
    one.flights.release("x", first).await.unwrap();
    let second = two.flights.try_lead("x", "two", LONG_MS).await.unwrap().expect("it was released");
    assert!(second > first);
}

#[tokio::test]
async fn an_expired_lead_passes_on_and_its_release_does_nothing() {
    let database = Database::new().await;
    let (one, two) = (database.open().await, database.open().await);
    let stale = one.flights.try_lead("x", "one", 0).await.unwrap().expect("nobody leads");
    let held = two.flights.try_lead("x", "two", LONG_MS).await.unwrap().expect("the lease was over at once");
    one.flights.release("x", stale).await.unwrap();
    assert_eq!(
        one.flights.try_lead("x", "one", LONG_MS).await.unwrap(),
        None,
        "two still leads under {held:?}"
    );
}

#[tokio::test]
async fn of_many_exactly_one_leads() {
    let database = Database::new().await;
    let (one, two) = (database.open().await, database.open().await);
    let tries = (0..50).map(|index| {
        let coord = if index % 2 == 0 { one.clone() } else { two.clone() };
        tokio::spawn(async move { coord.flights.try_lead("x", "any", LONG_MS).await.unwrap() })
    });
    let mut leads = 0;
    for attempt in tries.collect::<Vec<_>>() {
        leads += usize::from(attempt.await.unwrap().is_some());
    }
    assert_eq!(leads, 1);
}
