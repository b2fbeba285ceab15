//! Every example body of the generateContent format, to the field.

use stet_domain::citation::{Citation, CitationClass};
use stet_domain::code::ErrorCode;
use stet_domain::lock::Observation;
use stet_domain::usage::TokenUsage;
use stet_domain::versions::ListedModel;
use stet_provider::{Answer, Failure, FailureClass, Finish, SearchEvidence};
use stet_provider_http::gemini::{self, Page};
use stet_provider_http::{HeaderMap, vertex};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/", $name, ".json"))
    };
}

fn read(body: &[u8]) -> Answer {
    gemini::decode(200, &HeaderMap::new(), body).unwrap()
}

fn read_vertex(body: &[u8]) -> Answer {
    vertex::decode(200, &HeaderMap::new(), body).unwrap()
}

fn plain() -> Answer {
    Answer {
        finish: Finish::Complete,
        text: "Oslo is the capital of Norway.".to_owned(),
        last_message_text: None,
        observed: Some(Observation { model_version: "gemini-2.5-flash".to_owned(), model_fingerprint: None }),
        model_version_raw: Some("gemini-2.5-flash".to_owned()),
        service_tier: None,
        echo: None,
        search: SearchEvidence::default(),
        usage: TokenUsage { input: Some(17), output: Some(8), ..TokenUsage::default() },
        response_id: Some("q0dTaZ3wEIaLqtsPzZm4uQE".to_owned()),
    }
}

#[test]
fn plain_text() {
    assert_eq!(read(fixture!("gemini/plain")), plain());
    let vertex = read_vertex(fixture!("vertex/plain"));
    assert_eq!(vertex, Answer { service_tier: Some("ON_DEMAND".to_owned()), ..plain() });
}

#[test]
fn a_search_with_citations() {
    let citation = |number: u8, host: &str, span: &str| {
        let url =
            format!("https://vertexaisearch.cloud.google.com/grounding-api-redirect/AUZIYQExample{number}");
        Citation {
            url_raw: url.clone(),
            url,
            title: Some(host.to_owned()),
            domain: Some(host.to_owned()),
            class: CitationClass::WebPage,
            span: Some(span.to_owned()),
        }
    };
    let first = "Acme Cloud har størst andel i Norge, omtrent 41 %.";
    let second = "Borealis følger etter.";
    let expected = Answer {
        text: format!("{first} {second}"),
        search: SearchEvidence {
            performed: true,
            failed: false,
            queries: vec!["Norway cloud market share 2026".to_owned(), "skyleverandører Norge".to_owned()],
            has_sources: true,
            tool_traces: false,
            citations: vec![
                citation(1, "example.no", first),
                citation(1, "example.no", second),
                citation(2, "example.org", second),
            ],
        },
        usage: TokenUsage {
            input: Some(131),
            output: Some(119),
            cached: None,
            reasoning: Some(88),
            tool_use: Some(112),
        },
        ..plain()
    };
    assert_eq!(read(fixture!("gemini/grounded")), expected);
    let vertex = read_vertex(fixture!("vertex/grounded"));
    assert_eq!(vertex, Answer { service_tier: Some("ON_DEMAND".to_owned()), ..expected });
}

#[test]
fn a_search_that_was_offered_and_not_used() {
    let answer = read(fixture!("gemini/required_no_grounding"));
    // Its metadata is empty: no evidence, and yet nothing that an answer without a tool has.
    let trace = SearchEvidence { tool_traces: true, ..SearchEvidence::default() };
    assert_eq!((answer.search, answer.text), (trace, plain().text));
}

#[test]
fn a_search_that_brought_nothing() {
    let search = read(fixture!("gemini/search_no_chunks")).search;
    let queries = vec!["capital of Norway".to_owned()];
    assert_eq!(search, SearchEvidence { performed: true, queries, ..SearchEvidence::default() });
}

#[test]
fn the_reshaping_step_shows_no_tool() {
    let answer = read(fixture!("gemini/step2_json"));
    assert_eq!(answer.search, SearchEvidence::default());
    assert!(answer.text.starts_with(r#"{"brands":[{"name":"Acme Cloud","rank":1}"#), "{}", answer.text);
}

#[test]
fn blocks_and_early_ends_keep_their_reason_and_version() {
    let refused = Finish::Refused { reason: "SAFETY".to_owned() };
    for (body, finish) in [
        (&fixture!("gemini/blocked_prompt")[..], &refused),
        (fixture!("gemini/blocked_output"), &refused),
        (fixture!("gemini/max_tokens_empty"), &Finish::Incomplete { reason: "MAX_TOKENS".to_owned() }),
    ] {
        let answer = read(body);
        assert_eq!((&answer.finish, answer.text.as_str()), (finish, ""));
        assert_eq!(answer.observed, plain().observed);
    }
    let usage = read(fixture!("gemini/max_tokens_empty")).usage;
    assert_eq!((usage.input, usage.output, usage.reasoning), (Some(15), Some(64), Some(64)));
}

#[test]
fn errors_have_codes_classes_and_waits() {
    use ErrorCode as C;
    use FailureClass as F;
    let gemini = |status, body: &[u8]| gemini::decode(status, &HeaderMap::new(), body).unwrap_err();
    let vertex = |status, body: &[u8]| vertex::decode(status, &HeaderMap::new(), body).unwrap_err();
    let told = |failure: &Failure| (failure.code, failure.class, failure.retry_after_ms);
    let key = gemini(400, fixture!("gemini/400_key"));
    assert_eq!(told(&key), (C::ProviderAuth, F::Final, None));
    assert_eq!(key.detail, "HTTP 400, API_KEY_INVALID: API key not valid. Please pass a valid API key.");
    let limited = gemini(429, fixture!("gemini/429"));
    assert_eq!(told(&limited), (C::ProviderRateLimited, F::RateLimited, Some(12_400)));
    let limited = vertex(429, fixture!("vertex/429"));
    assert_eq!(told(&limited), (C::ProviderRateLimited, F::RateLimited, None));
    let overloaded = gemini(503, fixture!("gemini/503"));
    assert_eq!(told(&overloaded), (C::ProviderServerError, F::Retryable, None));
    for failure in
        [gemini(400, fixture!("gemini/400_search_json")), vertex(400, fixture!("vertex/400_search_json"))]
    {
        assert_eq!(told(&failure), (C::ProviderRejected, F::Final, None));
    }
}

#[test]
fn the_list_of_models() {
    let model = |id: &str, mark: &str| ListedModel {
        id: id.to_owned(),
        mark: Some(mark.to_owned()),
        shutdown_date: None,
    };
    assert_eq!(
        gemini::decode_listing(200, &HeaderMap::new(), fixture!("gemini/models")),
        Ok(Page::Part {
            models: vec![
                model("gemini-2.5-flash", "001"),
                model("gemini-flash-latest", "Gemini Flash Latest")
            ],
            next: Some("Ch9tb2RlbHMvZXhhbXBsZQ".to_owned()),
            etag: None,
        })
    );
}
