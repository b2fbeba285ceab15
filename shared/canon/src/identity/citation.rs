//! What `citations_sha256` covers.

use crate::digest::Digest;
use crate::json::{Json, Members};

/// A citation as it is hashed: an absent member is `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Citation {
    /// The title that the provider gave.
    pub title: Option<String>,
    /// The URL without tracking.
    pub url: Option<String>,
    /// The domain.
    pub domain: Option<String>,
}

impl Citation {
    /// The object that stands in the hashed array.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let members: Members = [
            ("title", Json::from(self.title.clone())),
            ("url", self.url.clone().into()),
            ("domain", self.domain.clone().into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }
}

/// The facts of `citations_sha256` (canonical.md §5): the citations in order; none is the digest of `[]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CitationsIdentity<'a> {
    /// The citations in the order of the answer.
    pub citations: &'a [Citation],
}

impl CitationsIdentity<'_> {
    /// The array that is hashed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        self.citations.iter().map(Citation::to_json).collect()
    }

    /// `citations_sha256`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.to_json().digest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_absence_is_null() {
        let citations = [
            Citation { title: Some("B".into()), url: Some("https://b.example/".into()), domain: None },
            Citation::default(),
        ];
        assert_eq!(
            CitationsIdentity { citations: &citations }.to_json().to_canonical_string(),
            r#"[{"domain":null,"title":"B","url":"https://b.example/"},{"domain":null,"title":null,"url":null}]"#
        );
        assert_eq!(CitationsIdentity { citations: &[] }.digest(), Digest::of(b"[]"));
    }
}
