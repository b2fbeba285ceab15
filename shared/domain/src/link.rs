//! Addresses of citations: without tracking parameters, and their domain (providers.md, "Evidence of grounding").

use url::Url;

/// Bytes of an address that is looked at; a longer one is kept as it is.
pub const MAX_URL_BYTES: usize = 8_192;

/// The prefix of the query parameters that say who linked.
const TRACKING_PREFIX: &str = "utm_";

/// The address without its `utm_*` query parameters; everything else stands as it was written.
///
/// An address that is no URL, or longer than [`MAX_URL_BYTES`], is answered unchanged: evidence is never dropped.
#[must_use]
pub fn without_tracking(raw: &str) -> String {
    let (before_fragment, fragment) = match raw.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (raw, None),
    };
    let Some((base, query)) = before_fragment.split_once('?') else { return raw.to_owned() };
    if raw.len() > MAX_URL_BYTES || Url::parse(raw).is_err() || !query.split('&').any(is_tracking) {
        return raw.to_owned();
    }
    let mut clean = base.to_owned();
    for (place, parameter) in query.split('&').filter(|parameter| !is_tracking(parameter)).enumerate() {
        clean.push(if place == 0 { '?' } else { '&' });
        clean.push_str(parameter);
    }
    if let Some(fragment) = fragment {
        clean.push('#');
        clean.push_str(fragment);
    }
    clean
}

/// The host of an address, in lower case and punycode; `None` where it has none.
#[must_use]
pub fn domain(url: &str) -> Option<String> {
    if url.len() > MAX_URL_BYTES {
        return None;
    }
    Url::parse(url).ok()?.host_str().filter(|host| !host.is_empty()).map(str::to_owned)
}

fn is_tracking(parameter: &str) -> bool {
    parameter.get(..TRACKING_PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(TRACKING_PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tracking_goes() {
        let table = [
            ("https://example.no/cloud?utm_source=openai", "https://example.no/cloud"),
            ("https://a.b/?q=1&utm_source=x&UTM_medium=y&z=%20#part", "https://a.b/?q=1&z=%20#part"),
            ("https://a.b/?utm_source=x#utm_y=1", "https://a.b/#utm_y=1"),
            ("https://a.b/p?q=utm_source", "https://a.b/p?q=utm_source"),
            ("https://a.b/p?", "https://a.b/p?"),
            ("https://a.b", "https://a.b"),
            ("not a url?utm_source=x", "not a url?utm_source=x"),
        ];
        for (raw, clean) in table {
            assert_eq!(without_tracking(raw), clean);
            assert_eq!(without_tracking(clean), clean);
        }
        let long = format!("https://a.b/?utm_source={}", "x".repeat(MAX_URL_BYTES));
        assert_eq!(without_tracking(&long), long);
    }

    #[test]
    fn a_domain_is_the_host() {
        assert_eq!(domain("https://WWW.Example.ORG:8443/a"), Some("www.example.org".into()));
        assert_eq!(domain("https://xn--bcher-kva.example/"), Some("xn--bcher-kva.example".into()));
        assert_eq!(domain("mailto:a@b.c"), None);
        assert_eq!(domain("nonsense"), None);
    }
}
