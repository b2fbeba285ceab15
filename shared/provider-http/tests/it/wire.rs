//! The adapter against the simulator, over HTTP.

use std::time::Duration;

use secrecy::SecretString;
use stet_domain::code::ErrorCode;
use stet_domain::mode::GroundingMode;
use stet_domain::trace::TraceParent;
use stet_domain::versions::Listing;
use stet_domain::{Digest, Json};
use stet_provider::{Call, FailureClass, Finish, Outcome, OutputForm, ProviderClient, Role, Turn};
use stet_provider_http::openai::{OpenAi, OpenAiOptions};
use stet_provider_http::transport::{REPLY_MAX_BYTES, Timeouts};
use stet_simulator::{Options, Running, Scenario, Simulator};

use crate::encoding::{call, search};

const MODEL: &str = "gpt-5.4-2026-03-05";
const QUESTION: &str = "What is the standard VAT rate for books?";

async fn simulator(scenario: &str) -> Running {
    let scenario = Scenario::parse(scenario.as_bytes()).unwrap();
    let options = Options { seed: 7, scenario, key: Some("sk-simulated-key".to_owned()) };
    Simulator::new(options).bind("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

fn client(running: &Running, key: &str, timeouts: Timeouts) -> OpenAi {
    let base_url = running.openai_base_url().parse().unwrap();
    OpenAi::new(OpenAiOptions { base_url, key: SecretString::from(key), timeouts }).unwrap()
}

async fn outcome(scenario: &str, call: &Call) -> Outcome {
    let running = simulator(scenario).await;
    let outcome = client(&running, "sk-simulated-key", Timeouts::default()).generate(call).await;
    running.shutdown().await.unwrap();
    outcome
}

fn grounded(mode: GroundingMode, country: Option<&str>) -> Call {
    Call { search: Some(search(mode, country)), ..call(MODEL, QUESTION) }
}

async fn failed(then: &str) -> (ErrorCode, FailureClass, Option<u64>, Outcome) {
    let outcome = outcome(&format!(r#"{{"rules":[{{"then":{then}}}]}}"#), &call(MODEL, QUESTION)).await;
    let failure = outcome.result.clone().unwrap_err();
    (failure.code, failure.class, failure.retry_after_ms, outcome)
}

#[tokio::test]
async fn a_grounded_answer_arrives_with_its_evidence() {
    let call = grounded(GroundingMode::Required, Some("CH"));
    let outcome = outcome("{}", &call).await;
    let answer = outcome.result.unwrap();
    assert_eq!(answer.finish, Finish::Complete);
    assert!(answer.text.contains("8.1"), "{}", answer.text);
    assert!(answer.search.performed && answer.search.has_sources && !answer.search.failed);
    for citation in &answer.search.citations {
        assert_eq!(
            citation.span.as_deref(),
            Some(&*format!("([{}]({}))", citation.domain.as_deref().unwrap(), citation.url_raw))
        );
        assert!(!citation.url.contains("utm_source"));
    }
    assert_eq!(answer.observed.unwrap().model_version, MODEL);
    assert_eq!(outcome.exchange.reply.as_ref().map(|reply| reply.status), Some(200));
    assert!(outcome.exchange.reply.unwrap().request_id.unwrap().starts_with("req_"));
    assert_eq!(outcome.exchange.request_sha256, Digest::of(&outcome.exchange.request_body));
}

#[tokio::test]
async fn strict_json_holds_to_its_schema_with_and_without_a_search() {
    let schema = br#"{"type":"object","properties":{"rate":{"type":"number"},"country":{"type":"string"}},
        "required":["rate","country"],"additionalProperties":false}"#;
    let output = OutputForm::StrictJson { schema: Json::parse(schema).unwrap() };
    for call in [call(MODEL, QUESTION), grounded(GroundingMode::Required, Some("FR"))] {
        let is_grounded = call.search.is_some();
        let answer = outcome("{}", &Call { output: output.clone(), ..call }).await.result.unwrap();
        let read = Json::parse(answer.text.as_bytes()).unwrap();
        assert!(read.get("rate").and_then(Json::as_number).is_some(), "{}", answer.text);
        assert_eq!(!answer.search.citations.is_empty(), is_grounded);
    }
}

#[tokio::test]
async fn the_country_comes_from_the_block_where_no_search_tells_it() {
    let mut call = call(MODEL, QUESTION);
    let block = "Tel. +49 30 1234567 · 12,50 EUR · MwSt.".to_owned();
    call.turns.insert(0, Turn { role: Role::User, content: block });
    assert!(outcome("{}", &call).await.result.unwrap().text.contains("Germany"));
}

#[tokio::test]
async fn repeats_are_equal_and_replicates_vary() {
    let running = simulator("{}").await;
    let client = client(&running, "sk-simulated-key", Timeouts::default());
    let mut texts = std::collections::BTreeSet::new();
    for replicate in 0..40 {
        let id = Digest::of(format!("replicate {replicate}").as_bytes());
        let call = Call { client_request_id: id, ..grounded(GroundingMode::Preferred, Some("DE")) };
        let first = client.generate(&call).await;
        let again = client.generate(&call).await;
        assert_eq!(first.exchange.reply_body, again.exchange.reply_body);
        texts.insert(first.result.unwrap().text);
    }
    assert!((3..=20).contains(&texts.len()), "{texts:?}");
    let counts = running.counts();
    assert_eq!((counts.received, counts.distinct, counts.repeated.len(), counts.in_flight), (80, 40, 40, 0));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_callers_trace_is_sent_and_none_is_made_up() {
    let running = simulator("{}").await;
    let client = client(&running, "sk-simulated-key", Timeouts::default());
    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    client.generate(&Call { trace: trace.clone(), ..call(MODEL, QUESTION) }).await;
    client.generate(&call(MODEL, QUESTION)).await;
    let sent: Vec<_> = running.calls(0, 10).into_iter().map(|call| call.traceparent).collect();
    assert_eq!(sent, [trace.map(|trace| trace.as_str().into()), None]);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn error_statuses_have_codes_classes_and_waits() {
    use ErrorCode as C;
    use FailureClass as F;
    for (then, expected) in [
        (
            r#"{"fault":{"rate_limit":{"retry_after_s":20}}}"#,
            (C::ProviderRateLimited, F::RateLimited, Some(20_000)),
        ),
        (
            r#"{"fault":{"rate_limit":{"retry_after_ms":1500,"limit":"slow_down"}}}"#,
            (C::ProviderRateLimited, F::RateLimited, Some(1500)),
        ),
        (
            r#"{"fault":{"rate_limit":{"limit":"tokens"}}}"#,
            (C::ProviderRateLimited, F::RateLimited, Some(186)),
        ),
        (r#"{"fault":{"rate_limit":{"limit":"too_large"}}}"#, (C::ProviderQuotaExhausted, F::Outage, None)),
        (r#"{"fault":{"quota":{}}}"#, (C::ProviderQuotaExhausted, F::Outage, None)),
        (r#"{"fault":{"error":{"status":500}}}"#, (C::ProviderServerError, F::Retryable, None)),
        (
            r#"{"fault":{"error":{"status":503,"retry_after_s":3}}}"#,
            (C::ProviderServerError, F::Retryable, Some(3_000)),
        ),
        (r#"{"fault":{"error":{"status":403}}}"#, (C::ProviderAuth, F::Final, None)),
        (r#"{"fault":{"failed":{"code":"server_error"}}}"#, (C::ProviderServerError, F::Retryable, None)),
        (r#"{"answer":"queued"}"#, (C::ProviderBadAnswer, F::Final, None)),
    ] {
        let (code, class, wait, outcome) = failed(then).await;
        assert_eq!((code, class, wait), expected, "{then}: {:?}", outcome.result);
        assert!(!outcome.exchange.reply_body.is_empty());
    }
}

#[tokio::test]
async fn broken_replies_are_named_and_kept() {
    let (code, class, _, outcome) = failed(r#"{"fault":{"cut":{"after_bytes":100}}}"#).await;
    assert_eq!(
        (code, class),
        (ErrorCode::ProviderUnreachable, FailureClass::Retryable),
        "{:?}",
        outcome.result
    );
    assert_eq!(outcome.exchange.reply_body.len(), 100);
    assert_eq!(outcome.exchange.reply.unwrap().status, 200);

    let (code, _, _, outcome) = failed(r#"{"fault":"invalid_utf8"}"#).await;
    assert_eq!(code, ErrorCode::ProviderBadAnswer);
    assert!(outcome.exchange.reply_body.contains(&0xff));

    let (code, _, _, outcome) = failed(r#"{"fault":"page"}"#).await;
    assert_eq!(code, ErrorCode::ProviderBadAnswer);
    assert!(outcome.exchange.reply_body.starts_with(b"<html>"));

    let (code, class, _, outcome) = failed(r#"{"fault":{"huge":{"bytes":12000000}}}"#).await;
    assert_eq!((code, class), (ErrorCode::ProviderAnswerTooLarge, FailureClass::Final));
    assert_eq!(outcome.exchange.reply_body.len(), REPLY_MAX_BYTES);
}

#[tokio::test]
async fn a_silent_provider_ends_in_a_timeout() {
    let running = simulator(r#"{"rules":[{"then":{"fault":"hang"}}]}"#).await;
    let short = Duration::from_millis(50);
    for timeouts in
        [Timeouts { total: short, ..Timeouts::default() }, Timeouts { read: short, ..Timeouts::default() }]
    {
        let outcome = client(&running, "sk-simulated-key", timeouts).generate(&call(MODEL, QUESTION)).await;
        let failure = outcome.result.unwrap_err();
        assert_eq!(
            (failure.code, failure.class),
            (ErrorCode::ProviderTimeout, FailureClass::Retryable),
            "{failure}"
        );
        assert_eq!(outcome.exchange.reply, None);
        assert!(outcome.exchange.latency_ms >= 50);
    }
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let running = simulator("{}").await;
    let client = client(&running, "sk-simulated-key", Timeouts::default());
    running.shutdown().await.unwrap();
    let failure = client.generate(&call(MODEL, QUESTION)).await.result.unwrap_err();
    assert_eq!(
        (failure.code, failure.class),
        (ErrorCode::ProviderUnreachable, FailureClass::Retryable),
        "{failure}"
    );
}

#[tokio::test]
async fn a_refused_key_is_in_no_word_of_the_outcome() {
    let running = simulator("{}").await;
    let key = "sk-wrong-key-12345678";
    let client = client(&running, key, Timeouts::default());
    let outcome = client.generate(&call(MODEL, QUESTION)).await;
    assert_eq!(outcome.result.as_ref().unwrap_err().code, ErrorCode::ProviderAuth);
    assert!(!format!("{outcome:?}").contains(key));
    // A question that repeats the key comes back in an error's words: it is taken out there.
    let failure = client.list_models(None).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::ProviderAuth);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_key_that_a_reply_repeats_is_taken_out() {
    let running = simulator("{}").await;
    let key = "sk-simulated-key";
    let outcome = client(&running, key, Timeouts::default()).generate(&call(key, QUESTION)).await;
    let failure = outcome.result.unwrap_err();
    assert_eq!(failure.code, ErrorCode::ProviderModelUnknown);
    assert_eq!(failure.detail, "HTTP 400, model_not_found: The requested model '[redacted]' does not exist.");
    assert!(!String::from_utf8_lossy(&outcome.exchange.reply_body).contains(key));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn answers_of_every_shape_are_told_apart() {
    let shape = async |answer: &str| {
        let scenario = format!(r#"{{"rules":[{{"then":{{"answer":"{answer}"}}}}]}}"#);
        outcome(&scenario, &call(MODEL, QUESTION)).await.result.unwrap()
    };
    assert!(matches!(shape("refusal").await.finish, Finish::Refused { reason } if !reason.is_empty()));
    let cut = shape("incomplete").await;
    assert_eq!(cut.finish, Finish::Incomplete { reason: "max_output_tokens".to_owned() });
    assert!(!cut.text.is_empty());
    assert_eq!(
        shape("content_filter").await.finish,
        Finish::Incomplete { reason: "content_filter".to_owned() }
    );
    let reasoning = shape("reasoning_only").await;
    assert!(matches!(reasoning.finish, Finish::Incomplete { .. }) && reasoning.text.is_empty());
    assert_eq!(shape("empty").await.finish, Finish::Empty);
    let twice = shape("duplicated_json").await;
    assert_eq!(twice.text, twice.last_message_text.unwrap().repeat(2));
}

#[tokio::test]
async fn searches_of_every_kind_are_told_apart() {
    let seen = async |search: &str| {
        let scenario =
            format!(r#"{{"rules":[{{"when":{{"mode":"REQUIRED"}},"then":{{"search":"{search}"}}}}]}}"#);
        let search =
            outcome(&scenario, &grounded(GroundingMode::Required, Some("IT"))).await.result.unwrap().search;
        (search.performed, search.failed, search.has_sources, !search.citations.is_empty())
    };
    assert_eq!(seen("used").await, (true, false, true, true));
    assert_eq!(seen("unused").await, (false, false, false, false));
    assert_eq!(seen("empty").await, (true, false, false, false));
    assert_eq!(seen("uncited").await, (true, false, true, false));
    assert_eq!(seen("failed").await, (false, true, false, false));
}

#[tokio::test]
async fn the_version_drifts_when_the_scenario_says() {
    let rules = r#"{"rules":[{"when":{"call_from":3},"then":{"model_version":"gpt-5.4-2026-06-01","fingerprint":"fp_9"}}]}"#;
    let running = simulator(rules).await;
    let client = client(&running, "sk-simulated-key", Timeouts::default());
    let mut seen = Vec::new();
    for _ in 0..4 {
        let observed = client.generate(&call(MODEL, QUESTION)).await.result.unwrap().observed.unwrap();
        seen.push((observed.model_version, observed.model_fingerprint.is_some()));
    }
    let drifted = ("gpt-5.4-2026-06-01".to_owned(), true);
    assert_eq!(seen, [(MODEL.to_owned(), false), (MODEL.to_owned(), false), drifted.clone(), drifted]);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_echo_is_the_same_for_every_cell_of_a_mode() {
    let echo = async |country: &str| {
        outcome("{}", &grounded(GroundingMode::Required, Some(country))).await.result.unwrap().echo.unwrap()
    };
    assert_eq!(echo("DE").await, echo("SG").await);
}

#[tokio::test]
async fn models_are_listed_and_counted() {
    let running = simulator(r#"{"models":[{"id":"a-model"}]}"#).await;
    let client = client(&running, "sk-simulated-key", Timeouts::default());
    let Listing::Fresh { models, etag: None } = client.list_models(None).await.unwrap() else {
        panic!("a list")
    };
    assert_eq!(models[0].id, "a-model");
    assert!(
        models.iter().any(|model| model.id == "o3" && model.shutdown_date.as_deref() == Some("2026-12-11"))
    );
    assert_eq!(running.counts().listings, 1);
    running.shutdown().await.unwrap();
}
