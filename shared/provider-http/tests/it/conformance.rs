//! What every adapter has to do alike, whatever the vendor: one set of cases, run against a server that answers by a script.

mod vendor;

use std::time::Duration;

use stet_domain::Digest;
use stet_domain::code::ErrorCode as C;
use stet_domain::versions::Listing;
use stet_provider::{FailureClass as F, Finish, Outcome};
use stet_provider_http::transport::{REPLY_MAX_BYTES, Timeouts};

use crate::encoding::call;
use crate::scripted::{Ends, Reply, Scripted};
use vendor::{KEY, Vendor};

/// A wait that no case has to wait for.
const LONG: Duration = Duration::from_secs(30);

async fn outcome_within(vendor: &Vendor, reply: Reply, timeouts: Timeouts) -> Outcome {
    let server = Scripted::always(reply).await;
    vendor.client(&server, timeouts).generate(&call(vendor.model, "What?")).await
}

async fn outcome(vendor: &Vendor, reply: Reply) -> Outcome {
    let all = Timeouts { connect: LONG, read: LONG, total: LONG };
    outcome_within(vendor, reply, all).await
}

/// Code, class and wait of a failure.
fn told(outcome: &Outcome) -> (C, F, Option<u64>) {
    let failure = outcome.result.as_ref().expect_err("a failure");
    assert!(failure.detail.chars().count() <= 1_000);
    (failure.code, failure.class, failure.retry_after_ms)
}

async fn an_answer_comes_with_its_exchange(vendor: &Vendor) {
    let server = Scripted::always(Reply::new(200, vendor.plain).with("x-request-id", "req_1")).await;
    let asked = call(vendor.model, "What?");
    let outcome = vendor.client(&server, Timeouts::default()).generate(&asked).await;
    let answer = outcome.result.unwrap();
    assert_eq!((answer.finish, answer.text.as_str()), (Finish::Complete, "Oslo is the capital of Norway."));
    assert_eq!(answer.observed.unwrap().model_version, vendor.version);
    let [received] = &server.received()[..] else { panic!("one request, sent once") };
    assert_eq!(received.line, format!("POST {} HTTP/1.1", vendor.path));
    assert_eq!(received.body, outcome.exchange.request_body);
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.header("x-client-request-id"), Some(&*asked.client_request_id.to_string()));
    assert_eq!(received.header(vendor.key_header), Some(&*format!("{}{KEY}", vendor.key_prefix)));
    assert_eq!(outcome.exchange.request_sha256, Digest::of(&outcome.exchange.request_body));
    assert_eq!(outcome.exchange.reply_body, vendor.plain);
    let reply = outcome.exchange.reply.unwrap();
    assert_eq!((reply.status, reply.request_id.as_deref()), (200, Some("req_1")));
}

async fn rate_limits_and_quotas_are_told_apart(vendor: &Vendor) {
    let limited = Reply::new(429, vendor.rate_limited);
    let outcome_of = outcome(vendor, limited.clone().with("retry-after", "20")).await;
    assert_eq!(told(&outcome_of), (C::ProviderRateLimited, F::RateLimited, Some(20_000)));
    assert_eq!(told(&outcome(vendor, limited).await), (C::ProviderRateLimited, F::RateLimited, None));
    let exhausted = Reply::new(429, vendor.quota_exhausted).with("retry-after", "20");
    assert_eq!(told(&outcome(vendor, exhausted).await), (C::ProviderQuotaExhausted, F::Outage, None));
}

async fn statuses_have_their_classes(vendor: &Vendor) {
    for (status, code, class) in [
        (400, C::ProviderRejected, F::Final),
        (401, C::ProviderAuth, F::Final),
        (403, C::ProviderAuth, F::Final),
        (408, C::ProviderTimeout, F::Retryable),
        (500, C::ProviderServerError, F::Retryable),
        (502, C::ProviderServerError, F::Retryable),
        (503, C::ProviderServerError, F::Retryable),
        (504, C::ProviderTimeout, F::Retryable),
        (302, C::ProviderRejected, F::Final),
    ] {
        for body in [&b"{}"[..], b"", b"<html>a proxy's page</html>", b"[]", b"{\"error\":7}"] {
            assert_eq!(
                told(&outcome(vendor, Reply::new(status, body)).await),
                (code, class, None),
                "{status}"
            );
        }
    }
    let unknown = outcome(vendor, Reply::new(vendor.unknown_model.0, vendor.unknown_model.1)).await;
    assert_eq!(told(&unknown), (C::ProviderModelUnknown, F::Final, None));
    let refused = outcome(vendor, Reply::new(vendor.bad_key.0, vendor.bad_key.1)).await;
    assert_eq!(told(&refused), (C::ProviderAuth, F::Final, None));
}

async fn broken_replies_are_named_and_kept(vendor: &Vendor) {
    let cut = outcome(vendor, Reply::new(200, vendor.plain).ending(Ends::After(20))).await;
    assert_eq!(told(&cut), (C::ProviderUnreachable, F::Retryable, None));
    assert_eq!(cut.exchange.reply_body, &vendor.plain[..20]);
    assert_eq!(cut.exchange.reply.unwrap().status, 200);
    // An error status says more than the break behind it.
    let cut = Reply::new(429, vendor.quota_exhausted).with("retry-after", "7").ending(Ends::After(5));
    assert_eq!(told(&outcome(vendor, cut).await), (C::ProviderRateLimited, F::RateLimited, Some(7_000)));
    let huge = outcome(vendor, Reply::new(200, vendor.plain).ending(Ends::Padded(REPLY_MAX_BYTES))).await;
    assert_eq!(told(&huge), (C::ProviderAnswerTooLarge, F::Final, None));
    assert_eq!(huge.exchange.reply_body.len(), REPLY_MAX_BYTES);
    for body in [&b"{\"x\":\"\xff\"}"[..], b"", b"null", b"[]", b"<html>", b"{}", b"{\"x\":1,\"x\":2}"] {
        let unreadable = outcome(vendor, Reply::new(200, body)).await;
        assert_eq!(told(&unreadable), (C::ProviderBadAnswer, F::Final, None));
        assert_eq!(unreadable.exchange.reply_body, body);
    }
}

async fn silence_ends_in_a_timeout(vendor: &Vendor) {
    let short = Duration::from_millis(50);
    let silent = Reply::new(200, b"").ending(Ends::Never);
    for timeouts in
        [Timeouts { total: short, ..Timeouts::default() }, Timeouts { read: short, ..Timeouts::default() }]
    {
        let outcome = outcome_within(vendor, silent.clone(), timeouts).await;
        assert_eq!(told(&outcome), (C::ProviderTimeout, F::Retryable, None));
        assert_eq!(outcome.exchange.reply, None);
        assert!(outcome.exchange.latency_ms >= 50);
        let stalled = Reply::new(200, vendor.plain).ending(Ends::Stalled(20));
        let outcome = outcome_within(vendor, stalled, timeouts).await;
        assert_eq!(told(&outcome), (C::ProviderTimeout, F::Retryable, None));
        assert_eq!(outcome.exchange.reply_body, &vendor.plain[..20]);
    }
}

async fn ends_are_told_apart(vendor: &Vendor) {
    for (body, finish) in &vendor.ends {
        let answer = outcome(vendor, Reply::new(200, body)).await.result.unwrap();
        assert_eq!(&answer.finish, finish);
        assert!(answer.observed.is_some(), "{finish:?}: the version is told however the answer ends");
    }
    let kinds = |wanted: fn(&Finish) -> bool| vendor.ends.iter().any(|(_, finish)| wanted(finish));
    assert!(kinds(|finish| matches!(finish, Finish::Refused { .. })));
    assert!(kinds(|finish| matches!(finish, Finish::Incomplete { .. })));
    assert!(kinds(|finish| matches!(finish, Finish::Empty)));
}

async fn a_secret_is_in_no_word_of_the_outcome(vendor: &Vendor) {
    let repeats = format!(r#"{{"error":{{"message":"the key {KEY} is not known"}}}}"#);
    let outcome = outcome(vendor, Reply::new(401, repeats.as_bytes())).await;
    assert!(outcome.result.as_ref().unwrap_err().detail.contains("the key [redacted] is not known"));
    assert!(!format!("{outcome:?}").contains(KEY));
    let server = Scripted::always(Reply::new(401, repeats.as_bytes())).await;
    let failure = vendor.client(&server, Timeouts::default()).list_models(None).await.unwrap_err();
    assert_eq!(failure.code, C::ProviderAuth);
    assert!(!failure.detail.contains(KEY));
}

async fn models_are_listed(vendor: &Vendor) {
    let pages = vendor.pages;
    let server = Scripted::serve(move |received| {
        Reply::new(200, if received.line.contains("pageToken=") { pages[1] } else { pages[0] })
    })
    .await;
    let client = vendor.client(&server, Timeouts::default());
    let Listing::Fresh { models, etag: None } = client.list_models(None).await.unwrap() else {
        panic!("a fresh list")
    };
    let ids: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, vendor.listed);
    let received = server.received();
    assert!(received[0].line.starts_with(&format!("GET {}", vendor.listing_path)), "{}", received[0].line);
    let held = Scripted::serve(|received| {
        Reply::new(if received.header("if-none-match") == Some("\"v1\"") { 304 } else { 500 }, b"")
    })
    .await;
    let client = vendor.client(&held, Timeouts::default());
    assert_eq!(client.list_models(Some("\"v1\"")).await, Ok(Listing::NotModified));
    assert_eq!(client.list_models(None).await.unwrap_err().code, C::ProviderServerError);
}

macro_rules! conforms {
    ($vendor:ident) => {
        conforms! { $vendor:
            an_answer_comes_with_its_exchange
            rate_limits_and_quotas_are_told_apart
            statuses_have_their_classes
            broken_replies_are_named_and_kept
            silence_ends_in_a_timeout
            ends_are_told_apart
            a_secret_is_in_no_word_of_the_outcome
            models_are_listed
        }
    };
    ($vendor:ident: $($case:ident)+) => {
        mod $vendor {
            $(#[tokio::test]
            async fn $case() {
                super::$case(&super::vendor::$vendor()).await;
            })+
        }
    };
}

conforms!(openai);
conforms!(gemini);
conforms!(vertex);
