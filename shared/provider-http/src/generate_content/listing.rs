//! Lists of models, which come in pages (providers-wire.md §2.5).

use reqwest::header::{ETAG, HeaderMap};
use stet_domain::code::ErrorCode;
use stet_domain::versions::{ListedModel, Listing, ListingFailure};
use stet_domain::{Json, Provider};
use url::Url;

use super::errors;
use crate::credential::Credential;
use crate::exchange;
use crate::fields::{list, text};
use crate::transport::Transport;

/// Pages that a list may have; a longer one is no list.
const PAGES_MAX: usize = 20;

/// How many models a page is asked to hold.
const PAGE_SIZE: &str = "1000";

/// How one vendor spells its list.
pub(crate) struct Shape {
    pub(crate) provider: Provider,
    /// Where the models are.
    pub(crate) models: &'static str,
    /// The member by which a model tells its own version.
    pub(crate) mark: &'static str,
}

/// One page of a list of models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// The list with the validator sent still holds.
    NotModified,
    /// A part of the list.
    Part {
        /// The models, in the vendor's order.
        models: Vec<ListedModel>,
        /// The token of the next page; `None` on the last.
        next: Option<String>,
        /// The vendor's `ETag`, where it sends one.
        etag: Option<String>,
    },
}

/// Reads a whole reply that holds a page.
pub(crate) fn read(
    shape: &Shape,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Page, ListingFailure> {
    if status == 304 {
        return Ok(Page::NotModified);
    }
    if status != 200 {
        let failure = errors::of_status(shape.provider, status, headers, body);
        return Err(ListingFailure { code: failure.code, detail: failure.detail });
    }
    let document = Json::parse(body).map_err(|refusal| bad_answer(refusal.to_string()))?;
    let next = text(&document, "nextPageToken").filter(|token| !token.is_empty());
    // An empty list is left out of an answer like every default, and a page of it may still have a next one.
    if document.as_object().is_none() || document.get(shape.models).is_some_and(|it| it.as_array().is_none())
    {
        return Err(bad_answer(format!("the list has no `{}`", shape.models)));
    }
    let models = list(&document, shape.models).iter();
    Ok(Page::Part {
        models: models.map(|entry| model(shape, entry)).collect::<Result<_, _>>()?,
        next: next.map(str::to_owned),
        etag: headers.get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned),
    })
}

/// A model by the last part of its resource name: `models/x` or `publishers/google/models/x`.
fn model(shape: &Shape, entry: &Json) -> Result<ListedModel, ListingFailure> {
    let name = text(entry, "name").unwrap_or_default();
    let id = name.rsplit_once('/').map_or(name, |(_, id)| id);
    if id.is_empty() {
        return Err(bad_answer("a listed model has no `name`".to_owned()));
    }
    Ok(ListedModel {
        id: id.to_owned(),
        mark: text(entry, shape.mark).map(str::to_owned),
        shutdown_date: None,
    })
}

/// Gets every page of the list at `url`, and sorts the models by id.
///
/// Neither vendor is known to send an `ETag`; one is honoured where it stands for the whole list, which has one page then.
pub(crate) async fn collect(
    transport: &Transport,
    credential: &Credential,
    url: &Url,
    etag: Option<&str>,
    read: fn(u16, &HeaderMap, &[u8]) -> Result<Page, ListingFailure>,
) -> Result<Listing, ListingFailure> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    for number in 1..=PAGES_MAX {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("pageSize", PAGE_SIZE);
        if let Some(token) = &token {
            url.query_pairs_mut().append_pair("pageToken", token);
        }
        let known = etag.filter(|_| number == 1);
        let (head, body) = exchange::get(transport, credential, url, known).await?;
        let Page::Part { models, next, etag } = read(head.status, &head.headers, &body)? else {
            return if known.is_some() {
                Ok(Listing::NotModified)
            } else {
                Err(bad_answer("a list that nothing is known of is not modified".to_owned()))
            };
        };
        all.extend(models);
        token = next;
        if token.is_none() {
            if all.is_empty() {
                return Err(bad_answer("the list names no model".to_owned()));
            }
            all.sort_by(|left: &ListedModel, right| left.id.cmp(&right.id));
            all.dedup_by(|later, earlier| later.id == earlier.id);
            return Ok(Listing::Fresh { models: all, etag: etag.filter(|_| number == 1) });
        }
    }
    Err(bad_answer(format!("the list has more than {PAGES_MAX} pages")))
}

fn bad_answer(detail: String) -> ListingFailure {
    ListingFailure { code: ErrorCode::ProviderBadAnswer, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { provider: Provider::Vertex, models: "publisherModels", mark: "versionId" };

    fn page(body: &str) -> Result<Page, ListingFailure> {
        read(&SHAPE, 200, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn ids_are_the_last_part_of_names() {
        let Ok(Page::Part { models, next, .. }) = page(
            r#"{"publisherModels":[{"name":"publishers/google/models/b","versionId":"001"},{"name":"a"}],"nextPageToken":"t"}"#,
        ) else {
            panic!("a page")
        };
        let told: Vec<_> = models.iter().map(|m| (m.id.as_str(), m.mark.as_deref())).collect();
        assert_eq!(told, [("b", Some("001")), ("a", None)]);
        assert_eq!(next.as_deref(), Some("t"));
    }

    #[test]
    fn an_empty_list_is_a_list_and_nonsense_is_none() {
        assert_eq!(
            page(r#"{"nextPageToken":""}"#),
            Ok(Page::Part { models: Vec::new(), next: None, etag: None })
        );
        for body in ["", "[]", r#"{"publisherModels":7}"#, r#"{"publisherModels":[{"name":"models/"}]}"#] {
            assert_eq!(page(body).unwrap_err().code, ErrorCode::ProviderBadAnswer, "{body}");
        }
        assert_eq!(read(&SHAPE, 403, &HeaderMap::new(), b"").unwrap_err().code, ErrorCode::ProviderAuth);
        assert_eq!(read(&SHAPE, 304, &HeaderMap::new(), b""), Ok(Page::NotModified));
    }
}
