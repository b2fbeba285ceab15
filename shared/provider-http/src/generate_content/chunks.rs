//! Citations of an answer: supports joined to chunks by their index (providers.md, "Evidence of grounding").

use std::collections::BTreeSet;

use stet_domain::Json;
use stet_domain::citation::{Citation, CitationClass};
use stet_domain::link::{MAX_URL_BYTES, domain, without_tracking};
use url::Url;

use crate::fields::{list, text};
use crate::transport::REPLY_MAX_BYTES;

/// The host behind whose addresses the cited pages hide.
const REDIRECT_HOST: &str = "vertexaisearch.cloud.google.com";

/// The host of the provider's own search page, to which its widgets lead.
const WIDGET_HOST: &str = "www.google.com";

/// Bytes that joining may repeat: one support may name any number of chunks, and many supports the same one.
const JOINED_MAX_BYTES: usize = REPLY_MAX_BYTES;

/// What else the answer tells and decides what kind a citation is of.
pub(super) struct Surroundings<'a> {
    /// Whether a search took place.
    pub(super) searched: bool,
    /// Pages fetched by their address.
    pub(super) fetched: BTreeSet<&'a str>,
}

/// The citations in the order of the text, then the chunks that no support names.
///
/// Each web chunk is cited at least once. Offsets of segments drift, so that the segment's own text is the span.
pub(super) fn citations(metadata: &Json, surroundings: &Surroundings<'_>) -> Vec<Citation> {
    // Chunks of other kinds stay in their places: supports name places.
    let chunks: Vec<Option<Citation>> =
        list(metadata, "groundingChunks").iter().map(|chunk| citation(chunk, surroundings)).collect();
    let mut cited = vec![false; chunks.len()];
    let mut found = Vec::new();
    let mut room = JOINED_MAX_BYTES;
    for support in list(metadata, "groundingSupports") {
        let span = support.get("segment").and_then(|segment| text(segment, "text"));
        let Some(span) = span.filter(|span| !span.is_empty()) else { continue };
        for place in places(support) {
            let Some(Some(chunk)) = chunks.get(place) else { continue };
            let Some(left) = room.checked_sub(bytes(chunk) + span.len()) else { continue };
            room = left;
            cited[place] = true;
            found.push(Citation { span: Some(span.to_owned()), ..chunk.clone() });
        }
    }
    found.extend(chunks.into_iter().zip(cited).filter(|(_, cited)| !cited).filter_map(|(chunk, _)| chunk));
    found
}

/// The chunks that a support names, each once.
fn places(support: &Json) -> BTreeSet<usize> {
    let indices = list(support, "groundingChunkIndices").iter();
    indices.filter_map(|index| usize::try_from(index.as_number()?.to_u64()?).ok()).collect()
}

fn bytes(citation: &Citation) -> usize {
    let title = citation.title.as_ref().map_or(0, String::len);
    citation.url_raw.len() + citation.url.len() + title
}

/// A chunk of the web with an address; no other chunk is a citation.
fn citation(chunk: &Json, surroundings: &Surroundings<'_>) -> Option<Citation> {
    let web = chunk.get("web")?;
    let url_raw = text(web, "uri").filter(|uri| !uri.is_empty())?;
    let title = text(web, "title").filter(|title| !title.is_empty());
    Some(Citation {
        url_raw: url_raw.to_owned(),
        url: without_tracking(url_raw),
        title: title.map(str::to_owned),
        domain: named_domain(web, url_raw, title),
        class: class(url_raw, surroundings),
        span: None,
    })
}

/// The domain as told; a redirect's own host says nothing, but its title is the page's host for ordinary pages.
fn named_domain(web: &Json, url_raw: &str, title: Option<&str>) -> Option<String> {
    if let Some(told) = text(web, "domain").filter(|told| !told.is_empty()) {
        return Some(told.to_owned());
    }
    let host = domain(url_raw);
    if host.as_deref() != Some(REDIRECT_HOST) {
        return host;
    }
    title.filter(|title| is_host(title)).map(str::to_ascii_lowercase)
}

/// Whether a title is spelt like a host rather than like a heading.
fn is_host(title: &str) -> bool {
    title.len() < MAX_URL_BYTES
        && title.contains('.')
        && !title.starts_with('.')
        && !title.ends_with('.')
        && title.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn class(url_raw: &str, surroundings: &Surroundings<'_>) -> CitationClass {
    if surroundings.fetched.contains(url_raw) || !surroundings.searched {
        CitationClass::UrlContext
    } else if is_widget(url_raw) {
        CitationClass::ProviderWidget
    } else {
        CitationClass::WebPage
    }
}

fn is_widget(url_raw: &str) -> bool {
    url_raw.len() <= MAX_URL_BYTES
        && Url::parse(url_raw)
            .is_ok_and(|url| url.host_str() == Some(WIDGET_HOST) && url.path().starts_with("/search"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDIRECT: &str = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/x";

    fn cited(metadata: &str, searched: bool) -> Vec<Citation> {
        let surroundings = Surroundings { searched, fetched: BTreeSet::from(["https://fetched.example/"]) };
        citations(&Json::parse(metadata.as_bytes()).unwrap(), &surroundings)
    }

    fn chunk(web: &str) -> Citation {
        cited(&format!(r#"{{"groundingChunks":[{{"web":{web}}}]}}"#), true).remove(0)
    }

    #[test]
    fn supports_join_by_index_across_chunks_of_other_kinds() {
        let found = cited(
            r#"{"groundingChunks":[{"maps":{"uri":"https://maps.example/"}},{"web":{"uri":"https://a.example/"}},{},
                {"web":{"uri":"https://b.example/"}},{"web":{"uri":"https://c.example/"}},{"web":{"title":"no address"}}],
              "groundingSupports":[{"segment":{"text":"B and A."},"groundingChunkIndices":[3,1,3,0,2,99,-1,"1"]},
                {"segment":{"text":"A."},"groundingChunkIndices":[1]},{"segment":{"text":""},"groundingChunkIndices":[4]},{}]}"#,
            true,
        );
        let told: Vec<_> = found.iter().map(|c| (c.url_raw.as_str(), c.span.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("https://a.example/", Some("B and A.")),
                ("https://b.example/", Some("B and A.")),
                ("https://a.example/", Some("A.")),
                ("https://c.example/", None),
            ]
        );
    }

    #[test]
    fn a_domain_is_told_or_read_from_where_it_shows() {
        let domain = |web: &str| chunk(web).domain;
        assert_eq!(
            domain(&format!(r#"{{"uri":"{REDIRECT}","title":"Example.no"}}"#)),
            Some("example.no".into())
        );
        assert_eq!(
            domain(&format!(r#"{{"uri":"{REDIRECT}","title":"A page","domain":"a.example"}}"#)),
            Some("a.example".into())
        );
        assert_eq!(domain(&format!(r#"{{"uri":"{REDIRECT}","title":"A page of ours."}}"#)), None);
        assert_eq!(domain(&format!(r#"{{"uri":"{REDIRECT}"}}"#)), None);
        assert_eq!(domain(r#"{"uri":"https://b.example/x","title":"c.example"}"#), Some("b.example".into()));
    }

    #[test]
    fn widgets_and_fetched_pages_are_told_apart() {
        let class = |uri: &str| chunk(&format!(r#"{{"uri":"{uri}"}}"#)).class;
        assert_eq!(class("https://www.google.com/search?q=weather"), CitationClass::ProviderWidget);
        assert_eq!(class("https://www.google.com/maps"), CitationClass::WebPage);
        assert_eq!(class("https://fetched.example/"), CitationClass::UrlContext);
        assert_eq!(class(REDIRECT), CitationClass::WebPage);
        let alone = cited(r#"{"groundingChunks":[{"web":{"uri":"https://a.example/"}}]}"#, false);
        assert_eq!(alone[0].class, CitationClass::UrlContext);
    }

    #[test]
    fn what_joining_repeats_is_bounded_and_drops_no_chunk() {
        let chunks = vec![r#"{"web":{"uri":"https://a.example/"}}"#; 300].join(",");
        let places: Vec<String> = (0..300).map(|place| place.to_string()).collect();
        let span = "x".repeat(100_000);
        let found = cited(
            &format!(
                r#"{{"groundingChunks":[{chunks}],"groundingSupports":[{{"segment":{{"text":"{span}"}},"groundingChunkIndices":[{}]}}]}}"#,
                places.join(",")
            ),
            true,
        );
        assert_eq!(found.len(), 300);
        let spans = found.iter().filter(|citation| citation.span.is_some()).count();
        assert!((1..300).contains(&spans), "{spans}");
    }
}
