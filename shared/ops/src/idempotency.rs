//! Idempotency keys: the record and the effect stand in one transaction (api.md, "Conventions").

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use stet_domain::ids::OrgId;
use stet_domain::{Digest, Json};
use stet_store::{IdempotencyRow, ResourceRef, StoreError, Tx};

use crate::{OpError, Ops};

/// How long a request waits for another under the same key.
const IN_PROGRESS_WAIT: Duration = Duration::from_secs(5);

/// How often it looks meanwhile.
const IN_PROGRESS_POLL: Duration = Duration::from_millis(50);

/// Characters of a key at most.
const MAX_KEY_CHARS: usize = 255;

/// An Idempotency-Key: 1–255 visible ASCII characters, its optional quotes taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A text that is no Idempotency-Key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the Idempotency-Key has {chars} characters or one that is not visible ASCII; 1 to {MAX_KEY_CHARS} visible ones are taken"
)]
pub struct InvalidIdempotencyKey {
    /// How many characters it has, without its quotes.
    pub chars: usize,
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let text = text.trim_matches([' ', '\t']);
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        let chars = bare.chars().count();
        if (1..=MAX_KEY_CHARS).contains(&chars) && bare.chars().all(|c| c.is_ascii_graphic()) {
            Ok(Self(bare.to_owned()))
        } else {
            Err(InvalidIdempotencyKey { chars })
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request that carries an Idempotency-Key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    key: IdempotencyKey,
    fingerprint: Digest,
    body: Vec<u8>,
}

impl IdempotentRequest {
    /// The request's fingerprint over method, resolved path, query and the canonical JSON of its body.
    #[must_use]
    pub fn new(key: IdempotencyKey, method: &str, path: &str, query: &str, body: &Json) -> Self {
        let body = body.to_canonical_bytes();
        let mut covered = Vec::with_capacity(body.len() + path.len() + query.len() + 32);
        for part in [method.as_bytes(), path.as_bytes(), query.as_bytes(), &body] {
            // Each part with its length before it, so that no two requests are spelt alike.
            covered.extend_from_slice(&(part.len() as u64).to_be_bytes());
            covered.extend_from_slice(part);
        }
        Self { key, fingerprint: Digest::of(&covered), body }
    }
}

/// What the same request brought about before; `None` for a first one, or one without a key.
pub(crate) async fn earlier(
    ops: &Ops,
    tx: &mut dyn Tx,
    request: Option<&IdempotentRequest>,
) -> Result<Option<ResourceRef>, OpError> {
    let Some(request) = request else { return Ok(None) };
    match tx.get_idempotency(&request.key.0, ops.parts.clock.now()).await? {
        None => Ok(None),
        Some(row) if row.fingerprint == request.fingerprint => Ok(Some(row.resource)),
        Some(row) => Err(OpError::IdempotencyMismatch { stored: row.body, sent: request.body.clone() }),
    }
}

/// Begins the transaction in which the request works: nobody else works under its key meanwhile. Answers also what the same request brought about
/// before. Where another transaction holds the key it is waited for, at most 5 s (api.md, "Conventions").
pub(crate) async fn begin(
    ops: &Ops,
    org: &OrgId,
    request: Option<&IdempotentRequest>,
) -> Result<(Box<dyn Tx>, Option<ResourceRef>), OpError> {
    let deadline = Instant::now() + IN_PROGRESS_WAIT;
    loop {
        let mut tx = ops.store().begin(org).await?;
        let Some(held) = request else { return Ok((tx, None)) };
        if tx.hold_idempotency(&held.key.0).await? {
            let resource = earlier(ops, &mut *tx, request).await?;
            return Ok((tx, resource));
        }
        // The connection is given back before the wait: whoever holds the key may need one.
        drop(tx);
        if Instant::now() >= deadline {
            return Err(OpError::IdempotencyInProgress);
        }
        tokio::time::sleep(IN_PROGRESS_POLL).await;
    }
}

/// Records what the request brings about, in the transaction that brings it about.
pub(crate) async fn record(
    ops: &Ops,
    tx: &mut dyn Tx,
    request: Option<&IdempotentRequest>,
    resource: ResourceRef,
) -> Result<(), OpError> {
    let Some(request) = request else { return Ok(()) };
    let created_at = ops.parts.clock.now();
    let row = IdempotencyRow {
        key: request.key.0.clone(),
        fingerprint: request.fingerprint,
        body: request.body.clone(),
        resource,
        created_at,
        expires_at: created_at.plus_ms(i64::from(ops.parts.settings.idempotency_ttl_seconds) * 1000),
    };
    match tx.insert_idempotency(&row).await {
        Ok(()) => Ok(()),
        // Another transaction recorded the key after this one looked: it has committed or is about to.
        Err(StoreError::Conflict { .. }) => Err(OpError::IdempotencyInProgress),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_be_quoted_and_is_bounded() {
        let bare: IdempotencyKey = "abc-1".parse().unwrap();
        assert_eq!("\"abc-1\"".parse(), Ok(bare));
        assert!("k".repeat(255).parse::<IdempotencyKey>().is_ok());
        for refused in ["", "\"\"", "a b", "ä", "a\u{7f}", &"k".repeat(256)] {
            assert!(refused.parse::<IdempotencyKey>().is_err(), "{refused:?}");
        }
    }

    #[test]
    fn the_fingerprint_covers_every_part_and_no_spelling() {
        let request = |method, path, query, body: &str| {
            let body = Json::parse(body.as_bytes()).unwrap();
            IdempotentRequest::new("k".parse().unwrap(), method, path, query, &body)
        };
        let first = request("POST", "/a", "", r#"{"x":1.0,"y":2}"#);
        assert_eq!(first, request("POST", "/a", "", "{ \"y\": 2, \"x\": 1 }"));
        for other in [
            request("PUT", "/a", "", r#"{"x":1,"y":2}"#),
            request("POST", "/b", "", r#"{"x":1,"y":2}"#),
            request("POST", "/a", "d=1", r#"{"x":1,"y":2}"#),
            request("POST", "/a", "", r#"{"x":1,"y":3}"#),
        ] {
            assert_ne!(first.fingerprint, other.fingerprint);
        }
    }
}
