//! The list of models (providers-wire.md §1.9).

use reqwest::header::{ETAG, HeaderMap};
use stet_domain::Json;
use stet_domain::code::ErrorCode;
use stet_domain::versions::{ListedModel, Listing, ListingFailure};

use super::errors;
use crate::fields::text;

/// Reads a whole reply of `GET /v1/models`.
///
/// # Errors
/// The class of the failure, as in runs; a list without `data`, or a model without `id`, is `PROVIDER_BAD_ANSWER`.
pub fn decode_listing(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Listing, ListingFailure> {
    if status == 304 {
        return Ok(Listing::NotModified);
    }
    if status != 200 {
        let failure = errors::of_status(status, headers, body);
        return Err(ListingFailure { code: failure.code, detail: failure.detail });
    }
    let document = Json::parse(body).map_err(|refusal| bad_answer(refusal.to_string()))?;
    let data = document.get("data").and_then(Json::as_array);
    let data = data.ok_or_else(|| bad_answer("the list has no `data`".to_owned()))?;
    let mut models = data.iter().map(model).collect::<Result<Vec<_>, _>>()?;
    models.sort_by(|left, right| left.id.cmp(&right.id));
    models.dedup_by(|later, earlier| later.id == earlier.id);
    let etag = headers.get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    Ok(Listing::Fresh { models, etag })
}

fn model(entry: &Json) -> Result<ListedModel, ListingFailure> {
    let id = text(entry, "id").filter(|id| !id.is_empty());
    let created = entry.get("created").and_then(Json::as_number);
    Ok(ListedModel {
        id: id.ok_or_else(|| bad_answer("a listed model has no `id`".to_owned()))?.to_owned(),
        mark: created.map(|created| created.as_str().to_owned()),
        shutdown_date: text(entry, "shutdown_date").map(str::to_owned),
    })
}

fn bad_answer(detail: String) -> ListingFailure {
    ListingFailure { code: ErrorCode::ProviderBadAnswer, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Listing, ListingFailure> {
        decode_listing(200, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn models_are_sorted_and_told_once() {
        let body = r#"{"object":"list","data":[{"id":"b","created":2},{"id":"a","shutdown_date":"2026-12-11"},{"id":"b"}]}"#;
        let Ok(Listing::Fresh { models, etag: None }) = read(body) else { panic!("a fresh list") };
        let told: Vec<_> = models.iter().map(|m| (m.id.as_str(), m.mark.as_deref())).collect();
        assert_eq!(told, [("a", None), ("b", Some("2"))]);
        assert_eq!(models[0].shutdown_date.as_deref(), Some("2026-12-11"));
    }

    #[test]
    fn what_is_no_list_is_a_bad_answer() {
        for body in ["", "{}", r#"{"data":[{}]}"#, r#"{"data":[{"id":""}]}"#] {
            assert_eq!(read(body).unwrap_err().code, ErrorCode::ProviderBadAnswer, "{body}");
        }
        let refused = decode_listing(401, &HeaderMap::new(), b"").unwrap_err();
        assert_eq!(refused.code, ErrorCode::ProviderAuth);
        assert_eq!(decode_listing(304, &HeaderMap::new(), b""), Ok(Listing::NotModified));
    }
}
