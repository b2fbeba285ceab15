//! The adapters of the generateContent format against the simulator, over HTTP.

use secrecy::SecretString;
use stet_domain::citation::CitationClass;
use stet_domain::code::ErrorCode;
use stet_domain::evidence::judge;
use stet_domain::mode::GroundingMode;
use stet_domain::versions::Listing;
use stet_domain::{Digest, Json, Provider};
use stet_provider::{Answer, Api, Call, FailureClass, Finish, Outcome, OutputForm, ProviderClient};
use stet_provider_http::gemini::{Gemini, GeminiOptions};
use stet_provider_http::transport::Timeouts;
use stet_provider_http::vertex::{ServiceAccount, Vertex, VertexCredentials, VertexOptions};
use stet_simulator::{Options, Running, Scenario, Simulator};

use crate::encoding::{call, search};
use crate::wall_clock;

const MODEL: &str = "gemini-2.5-flash";
const QUESTION: &str = "What is the standard VAT rate for books?";
const KEY: &str = "a-simulated-key-of-google";
const FILE: &str = include_str!("../fixtures/vertex/service_account.json");

async fn simulator(scenario: &str) -> Running {
    let scenario = Scenario::parse(scenario.as_bytes()).unwrap();
    let options = Options { seed: 7, scenario, key: Some(KEY.to_owned()) };
    Simulator::new(options).bind("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

/// Both adapters; Vertex by a service account, whose tokens the simulator issues.
fn clients(running: &Running) -> [Box<dyn ProviderClient>; 2] {
    let base_url = running.gemini_base_url().parse().unwrap();
    let key = SecretString::from(KEY);
    let gemini = Gemini::new(GeminiOptions { base_url, key, timeouts: Timeouts::default() }).unwrap();
    let file = FILE.replace("https://oauth2.googleapis.com/token", &running.token_url());
    let account = ServiceAccount::parse(&SecretString::from(file)).unwrap();
    let vertex = Vertex::new(VertexOptions {
        base_url: running.vertex_base_url().parse().unwrap(),
        project: "example-project".to_owned(),
        location: "europe-west4".to_owned(),
        credentials: VertexCredentials::ServiceAccount(Box::new(account)),
        timeouts: Timeouts::default(),
        clock: wall_clock(),
    });
    [Box::new(gemini), Box::new(vertex.unwrap())]
}

async fn outcomes(scenario: &str, call: &Call) -> [Outcome; 2] {
    let running = simulator(scenario).await;
    let [gemini, vertex] = clients(&running);
    let outcomes = [gemini.generate(call).await, vertex.generate(call).await];
    running.shutdown().await.unwrap();
    outcomes
}

async fn answers(scenario: &str, call: &Call) -> [Answer; 2] {
    outcomes(scenario, call).await.map(|outcome| outcome.result.unwrap())
}

fn grounded(model: &str) -> Call {
    Call { search: Some(search(GroundingMode::Required, Some("CH"))), ..call(model, QUESTION) }
}

fn then(then: &str) -> String {
    format!(r#"{{"rules":[{{"then":{then}}}]}}"#)
}

#[tokio::test]
async fn a_grounded_answer_arrives_with_its_evidence() {
    let call = grounded(MODEL);
    for outcome in outcomes("{}", &call).await {
        let answer = outcome.result.unwrap();
        assert_eq!(answer.finish, Finish::Complete);
        assert!(answer.search.performed && answer.search.has_sources && !answer.search.tool_traces);
        assert!(judge(GroundingMode::Required, &answer.search).grounded_effective);
        for citation in &answer.search.citations {
            assert!(citation.domain.as_deref().is_some_and(|domain| domain.contains('.')), "{citation:?}");
            assert!(
                citation.span.as_deref().is_none_or(|span| answer.text.contains(span)),
                "{citation:?} in {:?}",
                answer.text
            );
        }
        assert!(answer.search.citations.iter().any(|citation| citation.span.is_some()));
        assert_eq!(answer.observed.unwrap().model_version, MODEL);
        assert!(answer.service_tier.is_some() && answer.response_id.is_some());
        assert!(answer.usage.input.is_some() && answer.usage.output.is_some());
        assert_eq!(outcome.exchange.request_sha256, Digest::of(&outcome.exchange.request_body));
    }
}

#[tokio::test]
async fn json_holds_to_its_schema_and_a_search_beside_it_is_refused_where_the_model_cannot() {
    let schema = br#"{"type":"object","properties":{"rate":{"type":"number"},"country":{"type":"string"}},
        "required":["rate","country"],"additionalProperties":false}"#;
    let output = OutputForm::StrictJson { schema: Json::parse(schema).unwrap() };
    for answer in answers("{}", &Call { output: output.clone(), ..call(MODEL, QUESTION) }).await {
        let read = Json::parse(answer.text.as_bytes()).unwrap();
        assert!(read.get("rate").and_then(Json::as_number).is_some(), "{}", answer.text);
    }
    for outcome in outcomes("{}", &Call { output: output.clone(), ..grounded(MODEL) }).await {
        let failure = outcome.result.unwrap_err();
        assert_eq!(
            (failure.code, failure.class),
            (ErrorCode::ProviderRejected, FailureClass::Final),
            "{failure}"
        );
    }
    for answer in answers("{}", &Call { output, ..grounded("gemini-3-flash-preview") }).await {
        assert!(Json::parse(answer.text.as_bytes()).is_ok() && answer.search.performed);
    }
}

#[tokio::test]
async fn error_statuses_have_codes_and_classes() {
    use ErrorCode as C;
    use FailureClass as F;
    for (fault, expected) in [
        (r#"{"rate_limit":{"retry_after_s":20}}"#, (C::ProviderRateLimited, F::RateLimited)),
        (r#"{"rate_limit":{"limit":"per_day"}}"#, (C::ProviderQuotaExhausted, F::Outage)),
        (r#"{"error":{"status":500}}"#, (C::ProviderServerError, F::Retryable)),
        (r#"{"error":{"status":503}}"#, (C::ProviderServerError, F::Retryable)),
        (r#"{"error":{"status":504}}"#, (C::ProviderTimeout, F::Retryable)),
        (r#"{"error":{"status":403}}"#, (C::ProviderAuth, F::Final)),
        (r#"{"cut":{"after_bytes":100}}"#, (C::ProviderUnreachable, F::Retryable)),
        (r#""invalid_utf8""#, (C::ProviderBadAnswer, F::Final)),
        (r#""page""#, (C::ProviderBadAnswer, F::Final)),
        (r#"{"huge":{"bytes":12000000}}"#, (C::ProviderAnswerTooLarge, F::Final)),
    ] {
        let scenario = then(&format!(r#"{{"fault":{fault}}}"#));
        for outcome in outcomes(&scenario, &call(MODEL, QUESTION)).await {
            let failure = outcome.result.unwrap_err();
            assert_eq!((failure.code, failure.class), expected, "{fault}: {failure}");
        }
    }
    for outcome in outcomes("{}", &call("gemini-9-flash", QUESTION)).await {
        assert_eq!(outcome.result.unwrap_err().code, C::ProviderModelUnknown);
    }
}

#[tokio::test]
async fn answers_of_every_shape_are_told_apart() {
    let shape = async |answer: &str| {
        answers(&then(&format!(r#"{{"answer":"{answer}"}}"#)), &call(MODEL, QUESTION)).await
    };
    for answer in shape("content_filter").await.iter().chain(&shape("prompt_blocked").await) {
        assert!(matches!(&answer.finish, Finish::Refused { reason } if !reason.is_empty()), "{answer:?}");
    }
    for answer in shape("incomplete").await.iter().chain(&shape("reasoning_only").await) {
        assert_eq!(answer.finish, Finish::Incomplete { reason: "MAX_TOKENS".to_owned() });
    }
    for answer in shape("empty").await {
        assert_eq!((answer.finish, answer.text.as_str()), (Finish::Empty, ""));
    }
    for tool in ["tool_search", "tool_function", "tool_code"] {
        for answer in shape(tool).await {
            assert!(answer.search.performed || answer.search.tool_traces, "{tool}: {:?}", answer.search);
        }
    }
}

#[tokio::test]
async fn searches_of_every_kind_are_told_apart() {
    let seen = async |search: &str| {
        answers(&then(&format!(r#"{{"search":"{search}"}}"#)), &grounded(MODEL)).await.map(|answer| {
            let search = answer.search;
            (search.performed, search.has_sources, !search.citations.is_empty())
        })
    };
    assert_eq!(seen("used").await, [(true, true, true); 2]);
    assert_eq!(seen("unused").await, [(false, false, false); 2]);
    assert_eq!(seen("empty").await, [(true, false, false); 2]);
    assert_eq!(seen("cited_only").await, [(false, true, true); 2]);
    for answer in answers(&then(r#"{"search":"widget"}"#), &grounded(MODEL)).await {
        let is_widget = |class| class == CitationClass::ProviderWidget;
        assert!(answer.search.citations.iter().any(|citation| is_widget(citation.class)), "{answer:?}");
    }
}

#[tokio::test]
async fn repeats_are_equal_and_a_version_drifts_when_the_scenario_says() {
    let rules = r#"{"rules":[{"when":{"call_from":5},"then":{"model_version":"gemini-2.5-flash-002"}}]}"#;
    let running = simulator(rules).await;
    let clients = clients(&running);
    let mut seen = Vec::new();
    for _ in 0..3 {
        for client in &clients {
            let outcome = client.generate(&call(MODEL, QUESTION)).await;
            let answer = outcome.result.unwrap();
            seen.push((answer.observed.unwrap().model_version, answer.text));
        }
    }
    let versions: Vec<&str> = seen.iter().map(|(version, _)| version.as_str()).collect();
    assert_eq!(versions, [MODEL, MODEL, MODEL, MODEL, "gemini-2.5-flash-002", "gemini-2.5-flash-002"]);
    assert_eq!((&seen[0].1, &seen[1].1), (&seen[2].1, &seen[3].1));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_interface_is_told() {
    let running = simulator("{}").await;
    let told = clients(&running).map(|client| {
        let Api { provider, name, version, region } = client.api().clone();
        (provider, name, version, region)
    });
    let region = Some("europe-west4".to_owned());
    assert_eq!(
        told,
        [
            (Provider::Gemini, "generateContent", "v1beta", None),
            (Provider::Vertex, "generateContent", "v1", region)
        ]
    );
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn models_are_listed() {
    let running = simulator("{}").await;
    for client in clients(&running) {
        let Listing::Fresh { models, etag: None } = client.list_models(None).await.unwrap() else {
            panic!("a fresh list")
        };
        assert!(models.iter().any(|model| model.id == MODEL && model.mark.is_some()), "{models:?}");
        assert!(models.is_sorted_by(|left, right| left.id < right.id));
    }
    running.shutdown().await.unwrap();
}
