//! Whatever comes: the decoders answer or refuse, and never panic.

use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use stet_provider_http::openai::{decode, decode_listing};

const BODIES: [&[u8]; 6] = [
    include_bytes!("../fixtures/openai/grounded.json"),
    include_bytes!("../fixtures/openai/refusal.json"),
    include_bytes!("../fixtures/openai/failed.json"),
    include_bytes!("../fixtures/openai/429_rate.json"),
    include_bytes!("../fixtures/openai/search_no_citation.json"),
    include_bytes!("../fixtures/openai/models.json"),
];

const WORDS: [&str; 21] = [
    "status",
    "completed",
    "output",
    "message",
    "content",
    "output_text",
    "text",
    "annotations",
    "url_citation",
    "url",
    "start_index",
    "end_index",
    "type",
    "web_search_call",
    "action",
    "queries",
    "error",
    "code",
    "usage",
    "tools",
    "phase",
];

/// A body with some of its bytes replaced, cut out or doubled.
pub(crate) fn mutated(bodies: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..12);
    (0..bodies.len(), edits).prop_map(|(which, edits)| {
        let mut body = bodies[which].to_vec();
        for (at, byte, kind) in edits {
            let at = at.index(body.len().max(1));
            match kind {
                0 if at < body.len() => body[at] = byte,
                1 => body.truncate(at.max(1)),
                2 => body.insert(at, byte),
                _ => {
                    let piece = body[at..(at + usize::from(byte)).min(body.len())].to_vec();
                    body.splice(at..at, piece);
                }
            }
        }
        body
    })
}

/// JSON of the right words in the wrong places.
pub(crate) fn shuffled(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let word = prop::sample::select(words);
    let leaf = prop_oneof![
        word.clone().prop_map(|word| format!("{word:?}")),
        Just("null".to_owned()),
        Just("true".to_owned()),
        (-3_i64..1_000_000).prop_map(|number| number.to_string()),
        Just("1e999".to_owned()),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(word.clone(), inner, 0..6).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

pub(crate) fn headers(retry_after: &str) -> HeaderMap {
    let value = HeaderValue::from_str(retry_after).unwrap_or(HeaderValue::from_static(""));
    [
        (HeaderName::from_static("retry-after"), value.clone()),
        (HeaderName::from_static("retry-after-ms"), value),
    ]
    .into_iter()
    .collect()
}

proptest! {
    #[test]
    fn mutated_bodies_are_read_or_refused(body in mutated(&BODIES), status in 100_u16..600, wait in "[ -~]{0,12}") {
        if let Err(failure) = decode(status, &headers(&wait), &body) {
            prop_assert!(failure.detail.chars().count() <= 1_000);
            prop_assert!(failure.retry_after_ms.is_none_or(|wait| wait <= 300_000));
        }
        let listed = decode_listing(status, &HeaderMap::new(), &body);
        prop_assert!(status == 200 || status == 304 || listed.is_err());
    }

    #[test]
    fn right_words_in_wrong_places_are_read_or_refused(inner in shuffled(&WORDS)) {
        let body = format!(r#"{{"status":"completed","output":{inner},"usage":{inner},"tools":{inner},"text":{inner}}}"#);
        if let Ok(answer) = decode(200, &HeaderMap::new(), body.as_bytes()) {
            for citation in &answer.search.citations {
                prop_assert!(!citation.url_raw.is_empty());
                prop_assert!(citation.span.as_ref().is_none_or(|span| !span.is_empty()));
            }
        }
        let _read = decode(500, &HeaderMap::new(), format!(r#"{{"error":{inner}}}"#).as_bytes()).unwrap_err();
    }
}
