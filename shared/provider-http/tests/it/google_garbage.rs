//! Whatever comes: the decoders of the generateContent format answer or refuse, and never panic.

use proptest::prelude::*;
use stet_provider::Finish;
use stet_provider_http::{HeaderMap, gemini, vertex};

use crate::garbage::{headers, mutated, shuffled};

const BODIES: [&[u8]; 7] = [
    include_bytes!("../fixtures/gemini/grounded.json"),
    include_bytes!("../fixtures/gemini/blocked_prompt.json"),
    include_bytes!("../fixtures/gemini/search_no_chunks.json"),
    include_bytes!("../fixtures/gemini/429.json"),
    include_bytes!("../fixtures/gemini/400_key.json"),
    include_bytes!("../fixtures/gemini/models.json"),
    include_bytes!("../fixtures/vertex/grounded.json"),
];

const WORDS: [&str; 32] = [
    "candidates",
    "content",
    "parts",
    "text",
    "thought",
    "finishReason",
    "STOP",
    "SAFETY",
    "groundingMetadata",
    "webSearchQueries",
    "searchEntryPoint",
    "groundingChunks",
    "web",
    "uri",
    "https://a.example/",
    "title",
    "groundingSupports",
    "segment",
    "groundingChunkIndices",
    "toolCall",
    "toolType",
    "GOOGLE_SEARCH_WEB",
    "args",
    "queries",
    "urlContextMetadata",
    "urlMetadata",
    "retrievedUrl",
    "usageMetadata",
    "promptTokenCount",
    "details",
    "violations",
    "retryDelay",
];

proptest! {
    #[test]
    fn mutated_bodies_are_read_or_refused(body in mutated(&BODIES), status in 100_u16..600, wait in "[ -~]{0,12}") {
        for decode in [gemini::decode, vertex::decode] {
            if let Err(failure) = decode(status, &headers(&wait), &body) {
                prop_assert!(failure.detail.chars().count() <= 1_000);
                prop_assert!(failure.retry_after_ms.is_none_or(|wait| wait <= 300_000));
            }
        }
        for decode_listing in [gemini::decode_listing, vertex::decode_listing] {
            let listed = decode_listing(status, &HeaderMap::new(), &body);
            prop_assert!(status == 200 || status == 304 || listed.is_err());
        }
    }

    #[test]
    fn right_words_in_wrong_places_are_read_or_refused(inner in shuffled(&WORDS)) {
        let body = format!(
            r#"{{"candidates":[{{"content":{inner},"finishReason":{inner},"groundingMetadata":{inner},"urlContextMetadata":{inner}}}],
                "promptFeedback":{inner},"usageMetadata":{inner},"modelVersion":{inner}}}"#
        );
        if let Ok(answer) = gemini::decode(200, &HeaderMap::new(), body.as_bytes()) {
            prop_assert!(answer.finish != Finish::Complete || !answer.text.trim().is_empty());
            for citation in &answer.search.citations {
                prop_assert!(!citation.url_raw.is_empty());
                prop_assert!(citation.span.as_ref().is_none_or(|span| !span.is_empty()));
            }
        }
        let error = format!(r#"{{"error":{{"details":{inner},"status":{inner},"code":{inner}}}}}"#);
        let _read = vertex::decode(429, &HeaderMap::new(), error.as_bytes()).unwrap_err();
        let _inside = gemini::decode(200, &HeaderMap::new(), error.as_bytes()).unwrap_err();
    }
}
