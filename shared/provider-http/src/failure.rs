//! From what a vendor's error says to a failure; the one table of the domain says what it means (providers.md, Decoding 5).

use stet_domain::code::ErrorCode;
use stet_domain::retry::{Reported, classify};
use stet_provider::{Failure, FailureClass};

use crate::fields::bounded;

/// Characters of a provider's message that a failure keeps.
const DETAIL_MAX_CHARS: usize = 1_000;

/// The failure that `reported` stands for, told in the vendor's own `words`; a wait is kept only where another try may succeed.
pub(crate) fn classified(reported: &Reported<'_>, words: &str, wait_ms: Option<u64>) -> Failure {
    let (class, code) = classify(reported);
    let name = reported.codes.first().unwrap_or(&"no code");
    let words = if words.is_empty() { "no message" } else { words };
    let waits = matches!(class, FailureClass::Retryable | FailureClass::RateLimited);
    Failure {
        code,
        class,
        detail: bounded(&format!("HTTP {}, {name}: {words}", reported.status), DETAIL_MAX_CHARS),
        retry_after_ms: wait_ms.filter(|_| waits),
    }
}

/// The beginning of an error's body that is no JSON: a proxy's page, most likely, whose first words help more than none.
pub(crate) fn page(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(4 * DETAIL_MAX_CHARS)]).trim().to_owned()
}

/// The failure of a reply that cannot be read.
pub(crate) fn bad_answer(detail: &str) -> Failure {
    Failure {
        code: ErrorCode::ProviderBadAnswer,
        class: FailureClass::Final,
        detail: bounded(detail, DETAIL_MAX_CHARS),
        retry_after_ms: None,
    }
}
