//! A provider's list as cached, and its stored form.

use serde::{Deserialize, Serialize};
use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::versions::ListedModel;

use crate::CoordError;

/// Marks a validator of ours: the provider sent none, so none is sent back.
const OWN_ETAG: &str = "stet-";

/// A provider's list as cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedListing {
    /// The models, sorted by id.
    pub models: Vec<ListedModel>,
    /// The provider's validator, or one made from the list where the provider sends none.
    pub etag: String,
    /// When the provider was last asked.
    pub checked_at: Timestamp,
    /// Until when the answer holds.
    pub expires_at: Timestamp,
}

impl CachedListing {
    /// The validator to send with the next question: the provider's own, never one of ours.
    pub(crate) fn provider_etag(&self) -> Option<&str> {
        (!self.etag.starts_with(OWN_ETAG)).then_some(self.etag.as_str())
    }
}

/// The stored spelling of one model.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredModel {
    id: String,
    mark: Option<String>,
    shutdown_date: Option<String>,
}

/// The list as stored; it is never hashed into an identity.
pub(crate) fn encode(models: &[ListedModel]) -> Result<String, CoordError> {
    let stored: Vec<StoredModel> = models
        .iter()
        .map(|model| StoredModel {
            id: model.id.clone(),
            mark: model.mark.clone(),
            shutdown_date: model.shutdown_date.clone(),
        })
        .collect();
    serde_json::to_string(&stored).map_err(|error| CoordError {
        what: "encoding a version list",
        detail: error.to_string(),
        source: Some(Box::new(error)),
    })
}

/// The list from its stored form.
pub(crate) fn decode(text: &str) -> Result<Vec<ListedModel>, CoordError> {
    let stored: Vec<StoredModel> = serde_json::from_str(text).map_err(|error| CoordError {
        what: "reading a cached version list",
        detail: error.to_string(),
        source: Some(Box::new(error)),
    })?;
    Ok(stored
        .into_iter()
        .map(|model| ListedModel { id: model.id, mark: model.mark, shutdown_date: model.shutdown_date })
        .collect())
}

/// The validator to store: the provider's own, or one of ours over the list.
pub(crate) fn etag(models: &[ListedModel], sent: Option<String>) -> Result<String, CoordError> {
    match sent {
        // A provider whose own validator looks like ours would never see it again: ours is then the safer one.
        Some(sent) if !sent.starts_with(OWN_ETAG) && !sent.is_empty() => Ok(sent),
        Some(_) | None => Ok(format!("{OWN_ETAG}{}", Digest::of(encode(models)?.as_bytes()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(id: &str) -> ListedModel {
        ListedModel { id: id.to_owned(), mark: Some("1715367049".to_owned()), shutdown_date: None }
    }

    #[test]
    fn a_list_reads_back() {
        let models = vec![model("gpt-4o-2024-08-06"), model("o\"3")];
        assert_eq!(decode(&encode(&models).unwrap()).unwrap(), models);
        assert!(decode("{}").is_err());
    }

    #[test]
    fn only_the_providers_validator_is_sent_back() {
        let models = vec![model("a")];
        let listing = |etag| CachedListing {
            models: models.clone(),
            etag,
            checked_at: Timestamp(0),
            expires_at: Timestamp(0),
        };
        let own = etag(&models, None).unwrap();
        assert_eq!(listing(own.clone()).provider_etag(), None);
        assert_ne!(own, etag(&[model("b")], None).unwrap());
        let theirs = etag(&models, Some("W/\"x\"".to_owned())).unwrap();
        assert_eq!(listing(theirs).provider_etag(), Some("W/\"x\""));
    }
}
