//! A service account's tokens: where they come from, how often, and what happens where none comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secrecy::SecretString;
use stet_domain::code::ErrorCode;
use stet_provider::{FailureClass, ProviderClient};
use stet_provider_http::transport::Timeouts;
use stet_provider_http::vertex::{ServiceAccount, Vertex, VertexCredentials, VertexOptions};

use crate::encoding::call;
use crate::scripted::{Ends, Received, Reply, Scripted};
use crate::wall_clock;

const FILE: &str = include_str!("../fixtures/vertex/service_account.json");
const PLAIN: &[u8] = include_bytes!("../fixtures/vertex/plain.json");
const MODEL: &str = "gemini-2.5-flash";

fn asks_for_token(received: &Received) -> bool {
    received.line.starts_with("POST /token ")
}

/// The `number`th token, good for an hour.
fn grant(number: usize) -> Reply {
    let body =
        format!(r#"{{"access_token":"ya29.token-number-{number}","expires_in":3599,"token_type":"Bearer"}}"#);
    Reply::new(200, body.as_bytes())
}

fn client(server: &Scripted) -> Vertex {
    let file = FILE.replace("https://oauth2.googleapis.com/token", &server.url("/token"));
    let account = ServiceAccount::parse(&SecretString::from(file)).unwrap();
    let options = VertexOptions {
        base_url: server.url("").parse().unwrap(),
        project: "example-project".to_owned(),
        location: "global".to_owned(),
        credentials: VertexCredentials::ServiceAccount(Box::new(account)),
        timeouts: Timeouts::default(),
        clock: wall_clock(),
    };
    assert!(!format!("{options:?}").contains("PRIVATE"));
    Vertex::new(options).unwrap()
}

/// A server that grants tokens by number and answers a call by its bearer.
async fn granting(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Scripted {
    let granted = AtomicUsize::new(0);
    Scripted::serve(move |received| {
        if asks_for_token(received) {
            return grant(granted.fetch_add(1, Ordering::Relaxed) + 1);
        }
        answer(received.header("authorization").unwrap_or_default())
    })
    .await
}

fn tokens_asked_for(server: &Scripted) -> usize {
    server.received().iter().filter(|received| asks_for_token(received)).count()
}

#[tokio::test]
async fn one_token_serves_every_call_that_waits_for_it() {
    let server = granting(|_| Reply::new(200, PLAIN)).await;
    let client = Arc::new(client(&server));
    let calls: Vec<_> = (0..20)
        .map(|number| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.generate(&call(MODEL, &number.to_string())).await })
        })
        .collect();
    for asked in calls {
        asked.await.unwrap().result.unwrap();
    }
    assert_eq!(tokens_asked_for(&server), 1);
    let received = server.received();
    let form = String::from_utf8(received[0].body.clone()).unwrap();
    assert!(
        form.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"),
        "{form}"
    );
    assert_eq!(received[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(received[0].header("authorization"), None);
    assert!(received[1..].iter().all(|it| it.header("authorization") == Some("Bearer ya29.token-number-1")));
    assert!(
        received[1]
            .line
            .contains("/locations/global/publishers/google/models/gemini-2.5-flash:generateContent")
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_token_is_renewed_before_its_end_and_outlasts_a_fault_until_then() {
    let faulty = Arc::new(AtomicUsize::new(0));
    let (granted, fault) = (AtomicUsize::new(0), Arc::clone(&faulty));
    let server = Scripted::serve(move |received| match received.header("authorization") {
        Some(_) => Reply::new(200, PLAIN),
        None if fault.load(Ordering::Relaxed) == 1 => Reply::new(503, b""),
        None => grant(granted.fetch_add(1, Ordering::Relaxed) + 1),
    })
    .await;
    let client = client(&server);
    let ask = async || client.generate(&call(MODEL, "What?")).await;
    let pass = async |seconds: u64| {
        // The clock stands only while it is set forward: with sockets about it would run ahead by itself.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
    };
    let bearer = || server.received().last().unwrap().header("authorization").unwrap().to_owned();
    ask().await.result.unwrap();
    pass(3_200).await;
    ask().await.result.unwrap();
    assert_eq!((bearer().as_str(), tokens_asked_for(&server)), ("Bearer ya29.token-number-1", 1));
    faulty.store(1, Ordering::Relaxed);
    pass(150).await;
    ask().await.result.unwrap();
    assert_eq!((bearer().as_str(), tokens_asked_for(&server)), ("Bearer ya29.token-number-1", 2));
    faulty.store(0, Ordering::Relaxed);
    ask().await.result.unwrap();
    assert_eq!(tokens_asked_for(&server), 2, "the endpoint is left alone for a while");
    pass(15).await;
    ask().await.result.unwrap();
    assert_eq!((bearer().as_str(), tokens_asked_for(&server)), ("Bearer ya29.token-number-2", 3));
    faulty.store(1, Ordering::Relaxed);
    pass(3_700).await;
    let failure = ask().await.result.unwrap_err();
    assert_eq!((failure.code, failure.class), (ErrorCode::ProviderServerError, FailureClass::Retryable));
}

#[tokio::test]
async fn a_token_refused_before_its_end_is_replaced_once() {
    let refusal = br#"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"no"}}"#;
    let asked = AtomicUsize::new(0);
    let server = granting(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 | 3 => Reply::new(200, PLAIN),
        _ => Reply::new(401, refusal),
    })
    .await;
    let client = client(&server);
    let ask = async || client.generate(&call(MODEL, "What?")).await.result;
    ask().await.unwrap();
    let failure = ask().await.unwrap_err();
    assert_eq!((failure.code, failure.class), (ErrorCode::ProviderAuth, FailureClass::Retryable));
    // A token that was just fetched and is refused, too, says that the account is.
    let failure = ask().await.unwrap_err();
    assert_eq!((failure.code, failure.class), (ErrorCode::ProviderAuth, FailureClass::Final));
    ask().await.unwrap();
    assert_eq!(tokens_asked_for(&server), 2);
}

#[tokio::test]
async fn a_call_without_a_token_is_not_sent_and_says_why() {
    let refusal = br#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
    for (reply, code, class, says) in [
        (
            Reply::new(400, refusal),
            ErrorCode::ProviderAuth,
            FailureClass::Final,
            "invalid_grant: Invalid JWT Signature.",
        ),
        (Reply::new(503, b""), ErrorCode::ProviderServerError, FailureClass::Retryable, "HTTP 503"),
        (Reply::new(200, b"{}"), ErrorCode::ProviderBadAnswer, FailureClass::Final, "no `access_token`"),
        (
            Reply::new(200, b"{\"access").ending(Ends::After(3)),
            ErrorCode::ProviderUnreachable,
            FailureClass::Retryable,
            "broke off",
        ),
    ] {
        let server = Scripted::always(reply).await;
        let outcome = client(&server).generate(&call(MODEL, "What?")).await;
        let failure = outcome.result.unwrap_err();
        assert_eq!((failure.code, failure.class), (code, class), "{failure}");
        assert!(
            failure.detail.starts_with("the token endpoint: ") && failure.detail.contains(says),
            "{failure}"
        );
        assert_eq!((outcome.exchange.reply, outcome.exchange.reply_body.len()), (None, 0));
        assert!(!outcome.exchange.request_body.is_empty());
        assert!(server.received().iter().all(asks_for_token));
    }
}

#[tokio::test]
async fn an_assertion_that_the_endpoint_repeats_is_taken_out() {
    let server = Scripted::serve(|received| Reply::new(400, &received.body)).await;
    let failure = client(&server).list_models(None).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::ProviderAuth);
    assert!(failure.detail.contains("assertion=[redacted]"), "{failure}");
}
