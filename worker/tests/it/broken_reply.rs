//! Replies that nobody can read: named, and kept as they came.

use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_provider_http::transport::REPLY_MAX_BYTES;
use stet_store::BatchCounters;

use crate::fixture::{Setup, World, grid};

#[tokio::test]
async fn an_unreadable_reply_fails_with_its_name_and_is_kept() {
    let setup = Setup { retry_max_attempts: 1, ..Setup::default() };
    let world = World::with("{}", setup).await;
    let work = world.process.work();
    let table = [
        (r#""invalid_utf8""#, ErrorCode::ProviderBadAnswer),
        (r#""page""#, ErrorCode::ProviderBadAnswer),
        (r#"{"cut":{"after_bytes":120}}"#, ErrorCode::ProviderUnreachable),
    ];
    for (fault, code) in table {
        world.play(&format!(r#"{{"rules":[{{"then":{{"fault":{fault}}}}}]}}"#));
        let run = world.process.run("", "UNGROUNDED").await;
        let view = world.process.ended(run).await;
        let end = view.row.end.unwrap();
        assert_eq!((view.row.status, end.error_code), (RunStatus::Failed, Some(code)), "{fault}");
        assert_eq!(view.output.unwrap().output, None, "{fault}");
        let attempts = world.process.attempts(run).await;
        let exchange = &attempts[0].exchanges[0];
        assert_eq!(exchange.reply_status, Some(200), "{fault}");
        let body = &exchange.reply_body;
        match fault {
            r#""invalid_utf8""# => assert!(std::str::from_utf8(body).is_err() && body.contains(&0xff)),
            r#""page""# => assert!(body.starts_with(b"<html>")),
            _ => assert_eq!(body.len(), 120),
        }
    }
    work.stop().await;
}

#[tokio::test]
async fn a_huge_reply_is_cut_at_the_limit_and_takes_no_other_cell_with_it() {
    // One cell of eight.
    let scenario =
        r#"{"rules":[{"when":{"call_from":4,"call_to":4},"then":{"fault":{"huge":{"bytes":31457280}}}}]}"#;
    let world = World::new(scenario).await;
    let process = &world.process;
    let work = process.work();
    let batch = process.batch("", &grid(&["UNGROUNDED"], 8)).await;
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 7, failed: 1, ..BatchCounters::default() });
    let cells = process.cells(batch).await;
    let failed = cells.iter().find(|run| run.status == RunStatus::Failed).unwrap();
    assert_eq!(failed.end.as_ref().unwrap().error_code, Some(ErrorCode::ProviderAnswerTooLarge));
    let attempts = process.attempts(failed.id).await;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].exchanges[0].reply_body.len(), REPLY_MAX_BYTES);
    work.stop().await;
}
