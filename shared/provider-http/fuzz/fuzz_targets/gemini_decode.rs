//! Replies in the generateContent format: any bytes under any status are an answer or a bounded failure, for either vendor,
//! and reading twice reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stet_provider_http::{HeaderMap, gemini, vertex};

fuzz_target!(|reply: (u16, &[u8])| {
    let (status, body) = reply;
    let headers = HeaderMap::new();
    for decode in [gemini::decode, vertex::decode] {
        let read = decode(status, &headers, body);
        assert_eq!(read, decode(status, &headers, body));
        match read {
            Ok(answer) => {
                assert!((200..300).contains(&status));
                assert!(answer.search.citations.iter().all(|citation| !citation.url_raw.is_empty()));
            }
            Err(failure) => {
                assert!(failure.detail.chars().count() <= 1_000);
                assert!(failure.retry_after_ms.is_none_or(|wait_ms| wait_ms <= 300_000));
            }
        }
    }
    for decode_listing in [gemini::decode_listing, vertex::decode_listing] {
        let listed = decode_listing(status, &headers, body);
        assert!(status == 200 || status == 304 || listed.is_err());
    }
});
