//! Which page of a list is asked for.

use axum::extract::Query;
use axum::http::Uri;
use serde::Deserialize;

use crate::google::error::ApiError;

/// Models on a page where the query does not say.
const DEFAULT_SIZE: usize = 50;

/// Models on a page at most; a greater size is taken for this one.
const SIZE_MAX: usize = 1_000;

/// What page tokens begin with, so that nobody takes them for numbers.
const PREFIX: &str = "Ch9tb2Rl";

/// A stretch of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) start: usize,
    pub(super) size: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageQuery {
    page_size: Option<i64>,
    page_token: Option<String>,
}

/// The token of the page that begins there.
pub(super) fn token(start: usize) -> String {
    format!("{PREFIX}{start:08x}")
}

impl Page {
    pub(super) fn read(uri: &Uri) -> Result<Self, ApiError> {
        let Query(query) = Query::<PageQuery>::try_from_uri(uri).map_err(|refused| {
            ApiError::invalid(format!("Invalid value at 'page_size' (TYPE_INT32), {refused}"))
        })?;
        let size = match query.page_size.unwrap_or(0) {
            ..0 => return Err(ApiError::invalid("page_size must not be negative.")),
            0 => DEFAULT_SIZE,
            size => usize::try_from(size).unwrap_or(SIZE_MAX).min(SIZE_MAX),
        };
        let start = match query.page_token.as_deref() {
            None | Some("") => 0,
            Some(token) => token
                .strip_prefix(PREFIX)
                .and_then(|start| usize::from_str_radix(start, 16).ok())
                .ok_or_else(|| ApiError::invalid("The page token is invalid."))?,
        };
        Ok(Self { start, size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<(usize, usize)> {
        let uri = format!("/v1beta/models?{query}").parse().unwrap();
        Page::read(&uri).ok().map(|page| (page.start, page.size))
    }

    #[test]
    fn a_token_leads_on_and_sizes_are_bounded() {
        assert_eq!(read(""), Some((0, 50)));
        assert_eq!(read("pageSize=5000"), Some((0, 1_000)));
        assert_eq!(read(&format!("key=k&pageSize=3&pageToken={}", token(3))), Some((3, 3)));
        assert_eq!(read("pageSize=-1"), None);
        assert_eq!(read("pageSize=many"), None);
        assert_eq!(read("pageToken=3"), None);
    }
}
