//! The list of who works.

use stet_coord::{Beat, Lately};
use stet_domain::member::Duty;

use crate::fixture::Database;

fn worker(name: &str, in_flight: u64) -> Beat {
    Beat {
        incarnation: name.to_owned(),
        duty: Duty::Worker,
        build: "1.2.3".to_owned(),
        slots: 8,
        in_flight,
        lately: Lately { window_ms: 60_000, cells_ended: 120, slots_held_ms: 6_000 },
    }
}

#[tokio::test]
async fn a_member_is_shown_as_it_told_last_until_it_leaves() {
    let database = Database::new().await;
    let (one, other) = (database.open().await.members, database.open().await.members);
    assert_eq!(one.members().await.unwrap(), []);
    let scheduler = Beat { duty: Duty::Scheduler, slots: 0, ..worker("s", 0) };
    for beat in [&scheduler, &worker("a", 1), &worker("b", 2)] {
        one.beat(beat).await.unwrap();
    }
    let first = other.members().await.unwrap();
    assert_eq!(first.iter().map(|m| m.told.incarnation.as_str()).collect::<Vec<_>>(), ["a", "b", "s"]);
    assert!(first.iter().all(|member| member.alive && member.started_at <= member.seen_at));

    one.beat(&worker("a", 5)).await.unwrap();
    other.leave("b").await.unwrap();
    let second = one.members().await.unwrap();
    assert_eq!(second.iter().map(|m| &m.told).collect::<Vec<_>>(), [&worker("a", 5), &scheduler]);
    assert_eq!(second[0].started_at, first[0].started_at);
}

/// Rows are as many as members that lived at once.
#[tokio::test]
async fn the_row_of_who_is_gone_is_the_next_ones() {
    let database = Database::new().await;
    let members = database.open().await.members;
    for name in ["a", "b"] {
        members.beat(&worker(name, 0)).await.unwrap();
    }
    members.leave("a").await.unwrap();
    members.beat(&worker("c", 0)).await.unwrap();
    assert_eq!(database.number("SELECT count(*) FROM members").await, 2);
    // One that comes back after it left takes its own row, or a new one.
    members.beat(&worker("a", 0)).await.unwrap();
    let living = members.members().await.unwrap();
    assert_eq!(living.iter().map(|m| m.told.incarnation.as_str()).collect::<Vec<_>>(), ["b", "c", "a"]);
}

#[tokio::test]
async fn who_is_not_heard_of_is_lost_and_after_an_hour_forgotten() {
    let database = Database::new().await;
    let members = database.open().await.members;
    for name in ["a", "b", "c"] {
        members.beat(&worker(name, 0)).await.unwrap();
    }
    database.sql("UPDATE members SET seen_at_us = seen_at_us - 20000000 WHERE incarnation = 'b'").await;
    database.sql("UPDATE members SET seen_at_us = seen_at_us - 3700000000 WHERE incarnation = 'c'").await;
    let seen = members.members().await.unwrap();
    let shown: Vec<_> = seen.iter().map(|m| (m.told.incarnation.as_str(), m.alive)).collect();
    assert_eq!(shown, [("a", true), ("b", false)]);
    members.beat(&worker("d", 0)).await.unwrap();
    assert_eq!(database.number("SELECT count(*) FROM members").await, 3);
}
