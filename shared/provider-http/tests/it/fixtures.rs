//! Every example body, to the field.

use reqwest::header::HeaderMap;
use stet_domain::citation::{Citation, CitationClass};
use stet_domain::code::ErrorCode;
use stet_domain::echo::Echo;
use stet_domain::lock::Observation;
use stet_domain::usage::TokenUsage;
use stet_domain::versions::{ListedModel, Listing};
use stet_provider::{Answer, Failure, FailureClass, Finish, SearchEvidence};
use stet_provider_http::openai::{decode, decode_listing};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/openai/", $name, ".json"))
    };
}

fn read(body: &[u8]) -> Answer {
    decode(200, &HeaderMap::new(), body).unwrap()
}

fn failed(status: u16, body: &[u8]) -> Failure {
    decode(status, &HeaderMap::new(), body).unwrap_err()
}

fn echo(effort: &str, temperature: &str) -> String {
    format!(
        r#"{{"frequency_penalty":0,"parallel_tool_calls":true,"presence_penalty":0,"reasoning":{{"context":"current_turn","effort":"{effort}","mode":"standard","summary":null}},"temperature":{temperature},"top_logprobs":0,"top_p":0.98,"truncation":"disabled","verbosity":"medium"}}"#
    )
}

fn plain() -> Answer {
    Answer {
        finish: Finish::Complete,
        text: "Oslo is the capital of Norway.".to_owned(),
        last_message_text: None,
        observed: Some(Observation {
            model_version: "gpt-5.4-2026-03-05".to_owned(),
            model_fingerprint: None,
        }),
        model_version_raw: Some("gpt-5.4-2026-03-05".to_owned()),
        service_tier: Some("default".to_owned()),
        echo: Some(Echo { settings: echo("none", "0").into_bytes(), tools: None }),
        search: SearchEvidence::default(),
        usage: TokenUsage {
            input: Some(24),
            output: Some(9),
            cached: Some(0),
            reasoning: Some(0),
            tool_use: None,
        },
        response_id: Some("resp_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f607182".to_owned()),
    }
}

#[test]
fn plain_text() {
    assert_eq!(read(fixture!("plain")), plain());
}

#[test]
fn strict_json() {
    let answer = read(fixture!("json"));
    let text = r#"{"brands":[{"name":"Acme Cloud","rank":1},{"name":"Borealis","rank":2},{"name":"Cumulus","rank":3}],"confidence":0.62}"#;
    let usage = TokenUsage { input: Some(81), output: Some(44), ..plain().usage };
    assert_eq!(answer, Answer { text: text.to_owned(), usage, ..plain() });
}

#[test]
fn a_search_with_citations() {
    let answer = read(fixture!("grounded"));
    let citation = |url: &str, title: &str, domain: &str| Citation {
        url_raw: format!("{url}?utm_source=openai"),
        url: url.to_owned(),
        title: Some(title.to_owned()),
        domain: Some(domain.to_owned()),
        class: CitationClass::WebPage,
        span: Some(format!("([{domain}]({url}?utm_source=openai))")),
    };
    assert_eq!(
        answer.search,
        SearchEvidence {
            performed: true,
            failed: false,
            queries: vec![
                "Norway cloud market share 2026".to_owned(),
                "skyleverandører Norge markedsandel".to_owned()
            ],
            has_sources: true,
            tool_traces: false,
            citations: vec![
                citation("https://example.no/cloud-2026", "Cloud spend in Norway 2026", "example.no"),
                citation("https://example.org/borealis", "Borealis and the public sector", "example.org"),
            ],
        }
    );
    assert_eq!(
        answer.usage,
        TokenUsage {
            input: Some(9120),
            output: Some(214),
            cached: Some(2048),
            reasoning: Some(96),
            tool_use: None
        }
    );
    let echo = String::from_utf8(answer.echo.unwrap().tools.unwrap()).unwrap();
    let tools = r#"[{"return_token_budget":"default","search_content_types":["text"],"search_context_size":"medium","type":"web_search"}]"#;
    assert_eq!(echo, tools);
}

#[test]
fn a_search_that_was_offered_and_not_used() {
    let answer = read(fixture!("grounded_not_used"));
    assert_eq!(answer.search, SearchEvidence::default());
    assert_eq!(answer.text, plain().text);
}

#[test]
fn a_search_without_a_citation() {
    let search = read(fixture!("search_no_citation")).search;
    assert_eq!(
        search,
        SearchEvidence {
            performed: true,
            queries: vec!["weather Oslo today".to_owned()],
            has_sources: true,
            ..SearchEvidence::default()
        }
    );
}

#[test]
fn early_ends_keep_what_was_said() {
    let reason = "max_output_tokens".to_owned();
    let answer = read(fixture!("incomplete"));
    assert_eq!(answer.finish, Finish::Incomplete { reason: reason.clone() });
    assert_eq!(answer.text, "Oslo is the capital of Norway and it lies at the head of the");
    let answer = read(fixture!("incomplete_reasoning_only"));
    assert_eq!((answer.finish, answer.text.as_str()), (Finish::Incomplete { reason }, ""));
    assert_eq!(answer.observed.unwrap().model_version, "gpt-5.6-sol");
}

#[test]
fn a_refusal_is_told_with_its_words() {
    let answer = read(fixture!("refusal"));
    assert_eq!(answer.finish, Finish::Refused { reason: "I can't help with that request.".to_owned() });
    assert_eq!(answer.text, "");
}

#[test]
fn errors_have_codes_classes_and_waits() {
    use ErrorCode as C;
    use FailureClass as F;
    let wait = Some(186);
    for (status, body, code, class, retry_after_ms) in [
        (400, &fixture!("400_model")[..], C::ProviderModelUnknown, F::Final, None),
        (400, fixture!("400_temperature"), C::ProviderRejected, F::Final, None),
        (401, fixture!("401"), C::ProviderAuth, F::Final, None),
        (429, fixture!("429_quota"), C::ProviderQuotaExhausted, F::Outage, None),
        (429, fixture!("429_rate"), C::ProviderRateLimited, F::RateLimited, wait),
        (500, fixture!("500"), C::ProviderServerError, F::Retryable, None),
        (503, fixture!("503"), C::ProviderServerError, F::Retryable, None),
        (200, fixture!("failed"), C::ProviderServerError, F::Retryable, None),
    ] {
        let failure = failed(status, body);
        assert_eq!(
            (failure.code, failure.class, failure.retry_after_ms),
            (code, class, retry_after_ms),
            "{failure}"
        );
    }
    let failure = failed(400, fixture!("400_model"));
    assert_eq!(failure.detail, "HTTP 400, model_not_found: The requested model 'gpt-9' does not exist.");
}

#[test]
fn the_list_of_models() {
    let model = |id: &str, mark: &str, end: Option<&str>| ListedModel {
        id: id.to_owned(),
        mark: Some(mark.to_owned()),
        shutdown_date: end.map(str::to_owned),
    };
    assert_eq!(
        decode_listing(200, &HeaderMap::new(), fixture!("models")),
        Ok(Listing::Fresh {
            models: vec![
                model("gpt-5.4", "1772600000", None),
                model("gpt-5.4-2026-03-05", "1772600001", None),
                model("o3", "1744200000", Some("2026-12-11")),
            ],
            etag: None,
        })
    );
}
