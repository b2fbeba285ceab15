//! Keyset pages on the wire: `limit`, `cursor`, and the link to the next (api.md, "Conventions").

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Uri, header};
use serde::Serialize;
use stet_domain::code::ErrorCode;
use stet_store::{Page, PageRequest};
use url::form_urlencoded;

use crate::cursor::{self, Scope};
use crate::gate::Caller;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// Items of a page where the client does not say.
const DEFAULT_LIMIT: u32 = 50;

/// Items of a page at most.
const MAX_LIMIT: u32 = 200;

/// The page that a request asks for, and what the link to the next is made of.
#[derive(Debug)]
pub(crate) struct Listing {
    /// What the store is asked for.
    pub(crate) request: PageRequest,
    org: String,
    path: String,
    filters: Vec<(String, String)>,
}

impl Listing {
    /// Takes `limit` and `cursor` of the query.
    pub(crate) fn take(state: &ApiState, caller: &Caller, uri: &Uri, query: &mut Query) -> Self {
        let expected = format!("1 to {MAX_LIMIT}");
        let limit = query.parsed("limit", &expected, |text| {
            text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit))
        });
        let mut listing = Self {
            request: PageRequest { after: None, limit: limit.unwrap_or(DEFAULT_LIMIT) },
            org: caller.0.org.to_string(),
            path: uri.path().to_owned(),
            filters: query.without(&["limit", "cursor"]),
        };
        if let Some(text) = query.text("cursor") {
            listing.request.after = cursor::read(&state.cursor_key, &listing.scope(), &text);
            if listing.request.after.is_none() {
                let detail = "the cursor was not issued by this server for this list and these filters";
                query.refuse("cursor", ErrorCode::CursorInvalid, detail);
            }
        }
        listing
    }

    /// The page as answered.
    pub(crate) fn answer<T, U: Serialize>(
        &self,
        state: &ApiState,
        page: Page<T>,
        map: impl FnMut(T) -> U,
    ) -> Response {
        let next = page.next.map(|position| {
            let cursor = cursor::write(&state.cursor_key, &self.scope(), position);
            let limit = self.request.limit.to_string();
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&self.filters)
                .append_pair("limit", &limit)
                .append_pair("cursor", &cursor)
                .finish();
            format!("{}?{query}", self.path)
        });
        let link =
            next.as_ref().and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok());
        let items = page.items.into_iter().map(map).collect();
        let mut response = Json(wire::Page { items, next }).into_response();
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }

    fn scope(&self) -> Scope<'_> {
        Scope { org: &self.org, path: &self.path, filters: &self.filters }
    }
}
