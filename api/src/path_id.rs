//! Ids in paths: what is no id answers as an id that names nothing.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use stet_domain::Provider;
use stet_domain::ids::{ApiKeyId, BatchId, RunId, ScheduleId, TemplateId};

use crate::problem::Problem;

/// What a path can name.
pub(crate) trait Named: FromStr {
    /// As it is called where there is none of it.
    const WHAT: &'static str;
}

impl Named for TemplateId {
    const WHAT: &'static str = "template";
}

impl Named for BatchId {
    const WHAT: &'static str = "batch";
}

impl Named for RunId {
    const WHAT: &'static str = "run";
}

impl Named for ScheduleId {
    const WHAT: &'static str = "schedule";
}

impl Named for ApiKeyId {
    const WHAT: &'static str = "API key";
}

/// A segment's number in a path, in its one spelling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SegmentNumber(pub(crate) i64);

impl FromStr for SegmentNumber {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number: i64 = text.parse().map_err(|_no_number| ())?;
        if number >= 1 && number.to_string() == text { Ok(Self(number)) } else { Err(()) }
    }
}

impl Named for SegmentNumber {
    const WHAT: &'static str = "segment";
}

/// A provider named in a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProviderName(pub(crate) Provider);

impl FromStr for ProviderName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Provider::ALL.iter().copied().find(|known| known.as_str() == text).map(Self).ok_or(())
    }
}

impl Named for ProviderName {
    const WHAT: &'static str = "provider";
}

/// The one id of the path.
#[derive(Debug, Clone)]
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: Named, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let missing = || Problem::not_found(T::WHAT);
        // A path that does not decode to UTF-8 names nothing either.
        let params =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_undecodable| missing())?;
        let (_, text) = params.iter().next().ok_or_else(missing)?;
        text.parse().map(Self).map_err(|_no_id| missing())
    }
}
