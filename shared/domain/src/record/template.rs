//! The record of a template.

use stet_canon::{Digest, Json, Members};

use super::{Record, Sealed};
use crate::Provider;
use crate::clock::Timestamp;
use crate::ids::{OrgId, TemplateId};

/// Every stored column of a template but its seal.
#[derive(Debug, Clone, Copy)]
pub struct TemplateRecord<'a> {
    /// Its org.
    pub org: &'a OrgId,
    /// Its id.
    pub id: TemplateId,
    /// Its label.
    pub name: &'a str,
    /// Its identity within the org.
    pub template_sha256: Digest,
    /// The canonical bytes that the identity covers.
    pub canonical: &'a [u8],
    /// The provider, as its column has it.
    pub provider: Provider,
    /// The pinned model, as its column has it.
    pub model_version_constraint: &'a str,
    /// The API key that created it.
    pub created_by: &'a str,
    /// When it was created.
    pub created_at: Timestamp,
}

impl TemplateRecord<'_> {
    /// The digest of the record: canonical JSON of all columns, the canonical bytes as their digest.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        let members: Members = [
            ("kind", Json::from("template")),
            ("org_id", self.org.as_str().into()),
            ("id", self.id.to_string().into()),
            ("name", self.name.into()),
            ("template_sha256", self.template_sha256.into()),
            ("canonical_sha256", Digest::of(self.canonical).into()),
            ("provider", self.provider.into()),
            ("model_version_constraint", self.model_version_constraint.into()),
            ("created_by", self.created_by.into()),
            ("created_at", self.created_at.to_string().into()),
        ]
        .into_iter()
        .collect();
        Json::from(members).digest()
    }
}

impl Record for TemplateRecord<'_> {
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            org: self.org,
            id: self.id.to_string(),
            record_sha256: self.sha256(),
            created_at: self.created_at,
        }
    }
}
