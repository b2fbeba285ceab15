//! The gates before providers: what one process is told or takes, the others keep to.

use std::sync::Arc;

use stet_coord::{Admission, AdmissionRequest, Delay, ProviderGate, ProviderGates, Settlement};
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::provider_limits::{ProviderGateKind, ProviderLimits};

use crate::fixture::Database;

const P: Provider = Provider::OpenAi;
const LEASE_MS: u64 = 600_000;

fn requests(per_minute: u64) -> ProviderLimits {
    ProviderLimits { requests_per_minute: Some(per_minute), ..ProviderLimits::NONE }
}

fn tokens(per_minute: u64) -> ProviderLimits {
    ProviderLimits { tokens_per_minute: Some(per_minute), ..ProviderLimits::NONE }
}

fn concurrency(most: u64) -> ProviderLimits {
    ProviderLimits { max_concurrency: Some(most), ..ProviderLimits::NONE }
}

/// An ask of a process that has nothing under way and nothing to settle.
fn ask<'a>(holder: &'a str, limits: ProviderLimits, wanted: &'a [u64]) -> AdmissionRequest<'a> {
    let settled = Settlement::default();
    AdmissionRequest { provider: P, limits, holder, lease_ms: LEASE_MS, in_use: 0, wanted, settled }
}

async fn gate(gates: &Arc<dyn ProviderGates>) -> ProviderGate {
    let mut all = gates.read().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn what_one_process_is_told_closes_the_gate_for_the_others() {
    let database = Database::new().await;
    let (one, two) = (database.open().await.gates, database.open().await.gates);
    assert_eq!(two.read().await.unwrap(), []);
    one.block(P, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    let first = gate(&two).await;
    assert_eq!((first.provider, first.reason), (P, Some(ErrorCode::ProviderRateLimited)));
    let left_us = first.blocked_until.0 - first.now.0;
    assert!((50_000_000..=60_000_000).contains(&left_us), "{left_us}");
    let refused = two.admit(&ask("two", requests(600), &[1, 1])).await.unwrap();
    let delay = refused.delay.unwrap();
    assert_eq!((refused.admitted, delay.gate), (0, ProviderGateKind::Blocked));
    assert!(delay.wait_us.is_some_and(|wait| wait > 50_000_000), "{delay:?}");
    // Another provider is not meant.
    let other = AdmissionRequest { provider: Provider::Gemini, ..ask("two", requests(600), &[1]) };
    assert_eq!(two.admit(&other).await.unwrap(), Admission { admitted: 1, delay: None });
}

#[tokio::test]
async fn the_longest_wait_told_stands_and_none_is_longer_than_five_minutes() {
    let database = Database::new().await;
    let (one, two) = (database.open().await.gates, database.open().await.gates);
    one.block(P, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    let first = gate(&one).await;
    two.block(P, 1_000, ErrorCode::ProviderQuotaExhausted).await.unwrap();
    let second = gate(&one).await;
    assert_eq!((second.blocked_until, second.reason), (first.blocked_until, first.reason));
    two.block(P, 86_400_000, ErrorCode::ProviderQuotaExhausted).await.unwrap();
    let third = gate(&one).await;
    assert_eq!(third.reason, Some(ErrorCode::ProviderQuotaExhausted));
    let left_us = third.blocked_until.0 - third.now.0;
    assert!((290_000_000..=300_000_000).contains(&left_us), "{left_us}");
}

/// What many asks of several processes are admitted together, and how long that took by the database's clock.
async fn rush(limits: ProviderLimits, units: u64, asks: usize) -> (u64, i64) {
    let database = Database::new().await;
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(database.open().await.gates);
    }
    // A first ask makes the row, so that the clock can be read beside it; it takes no part.
    processes[0].admit(&ask("first", limits, &[])).await.unwrap();
    let begun = gate(&processes[0]).await.now;
    let tasks = (0..asks).map(|index| {
        let gates = Arc::clone(&processes[index % 3]);
        tokio::spawn(async move {
            let (holder, wanted) = (format!("process-{}", index % 3), [units; 40]);
            gates.admit(&ask(&holder, limits, &wanted)).await.unwrap().admitted as u64
        })
    });
    let mut admitted = 0;
    for task in tasks.collect::<Vec<_>>() {
        admitted += task.await.unwrap();
    }
    (admitted, gate(&processes[0]).await.now.0 - begun.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_never_pass_a_rate_of_calls_together() {
    let (admitted, took_us) = rush(requests(6_000), 1, 30).await;
    // A second's worth at once, and what came due meanwhile.
    let most = (1_000_000 + took_us) * 6_000 / 61_000_000 + 1;
    assert!(admitted >= 98, "{admitted}");
    assert!(i64::try_from(admitted).unwrap() <= most, "{admitted} of {most} in {took_us} us");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_never_pass_a_rate_of_tokens_together() {
    let (admitted, took_us) = rush(tokens(600_000), 1_000, 30).await;
    let most = (10_000_000 + took_us) * 600 / 70_000_000 + 1;
    assert!(admitted >= 85, "{admitted}");
    assert!(i64::try_from(admitted).unwrap() <= most, "{admitted} of {most} in {took_us} us");
}

#[tokio::test]
async fn what_was_used_is_settled_and_the_wait_told_is_true() {
    let database = Database::new().await;
    let (one, two) = (database.open().await.gates, database.open().await.gates);
    let limits = tokens(70_000);
    let refused = one.admit(&ask("one", limits, &[60_000, 60_000])).await.unwrap();
    let delay = refused.delay.unwrap();
    assert_eq!((refused.admitted, delay.gate), (1, ProviderGateKind::Tokens));
    assert!(delay.wait_us.is_some_and(|wait| (50_000_000..=60_000_000).contains(&wait)), "{delay:?}");
    // Of 60,000 tokens 1,000 were used.
    let settled = Settlement { calls: 0, tokens: -59_000 };
    let settling = AdmissionRequest { settled, ..ask("one", limits, &[]) };
    assert_eq!(one.admit(&settling).await.unwrap(), Admission { admitted: 0, delay: None });
    assert_eq!(two.admit(&ask("two", limits, &[5_000])).await.unwrap().admitted, 1);
    // And of 5,000 in truth 50,000.
    let settled = Settlement { calls: 0, tokens: 45_000 };
    let settling = AdmissionRequest { settled, ..ask("two", limits, &[]) };
    two.admit(&settling).await.unwrap();
    let stands = gate(&one).await;
    let owed_us = stands.tokens_until.0 - stands.now.0;
    assert!((40_000_000..=51_000_000).contains(&owed_us), "{owed_us}");
    assert_eq!(one.admit(&ask("one", limits, &[5_000])).await.unwrap().admitted, 0);
}

#[tokio::test]
async fn calls_under_way_are_counted_over_processes_until_they_end() {
    let database = Database::new().await;
    let (one, two) = (database.open().await.gates, database.open().await.gates);
    let limits = concurrency(5);
    let full = Some(Delay { gate: ProviderGateKind::Concurrency, wait_us: None });
    assert_eq!(
        one.admit(&ask("one", limits, &[1; 3])).await.unwrap(),
        Admission { admitted: 3, delay: None }
    );
    assert_eq!(
        two.admit(&ask("two", limits, &[1; 4])).await.unwrap(),
        Admission { admitted: 2, delay: full }
    );
    assert_eq!(gate(&one).await.slots, 5);
    let more = AdmissionRequest { in_use: 3, ..ask("one", limits, &[1]) };
    assert_eq!(one.admit(&more).await.unwrap(), Admission { admitted: 0, delay: full });
    // One of two's calls ends.
    two.admit(&AdmissionRequest { in_use: 1, ..ask("two", limits, &[]) }).await.unwrap();
    assert_eq!(one.admit(&more).await.unwrap(), Admission { admitted: 1, delay: None });
    assert_eq!(gate(&two).await.slots, 5);
}

#[tokio::test]
async fn a_dead_processs_slots_come_back_and_its_row_is_the_next_ones() {
    let database = Database::new().await;
    let (one, two) = (database.open().await.gates, database.open().await.gates);
    let limits = concurrency(4);
    let doomed = AdmissionRequest { lease_ms: 50, ..ask("doomed", limits, &[1; 4]) };
    assert_eq!(one.admit(&doomed).await.unwrap().admitted, 4);
    let died_at = gate(&two).await.now;
    let heir = ask("heir", limits, &[1; 4]);
    let seen = two.admit(&heir).await.unwrap();
    assert!(seen.admitted == 0 || gate(&two).await.now.0 >= died_at.0 + 40_000, "the lease still held");
    database.past(died_at.plus_ms(60)).await;
    assert_eq!(two.admit(&heir).await.unwrap().admitted, 4);
    assert_eq!(gate(&one).await.slots, 4);
    assert_eq!(database.number("SELECT count(*) FROM provider_slots WHERE holder = 'doomed'").await, 0);
    // Who comes and goes leaves a row for the next.
    for number in 0..20 {
        let name = format!("guest-{number}");
        one.admit(&ask(&name, limits, &[1])).await.unwrap();
    }
    assert!(database.number("SELECT count(*) FROM provider_slots").await <= 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_asks_at_once_never_take_a_slot_twice() {
    let database = Database::new().await;
    let mut processes = Vec::new();
    for number in 0..4 {
        processes.push((format!("process-{number}"), database.open().await.gates));
    }
    let tasks = processes.into_iter().map(|(holder, gates)| {
        tokio::spawn(async move {
            let mut in_use = 0;
            for _ in 0..20 {
                let one_more = AdmissionRequest { in_use, ..ask(&holder, concurrency(10), &[1]) };
                in_use += gates.admit(&one_more).await.unwrap().admitted as u64;
            }
            in_use
        })
    });
    let mut under_way = 0;
    for task in tasks.collect::<Vec<_>>() {
        under_way += task.await.unwrap();
    }
    assert_eq!(under_way, 10);
}
