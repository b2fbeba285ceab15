//! Templates: written once, never changed.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{OrgId, TemplateId};
use stet_domain::{Digest, Provider};

use crate::{Page, PageRequest, StoreError};

/// One template as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Its org.
    pub org: OrgId,
    /// Its id.
    pub id: TemplateId,
    /// Its label.
    pub name: String,
    /// Its identity within the org.
    pub template_sha256: Digest,
    /// The canonical bytes that the identity covers.
    pub canonical: Vec<u8>,
    /// The provider, for filters.
    pub provider: Provider,
    /// The pinned model, for filters.
    pub model_version_constraint: String,
    /// The API key that created it.
    pub created_by: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The HMAC over the record (canonical.md §4).
    pub record_hmac: [u8; 32],
    /// The id of the key of that HMAC.
    pub record_key_id: String,
}

/// Templates of one org.
#[async_trait]
pub trait Templates {
    /// Writes a template; equal content is a [`StoreError::Conflict`].
    async fn insert_template(&mut self, row: &TemplateRow) -> Result<(), StoreError>;

    /// The template of that id.
    async fn get_template(&mut self, id: TemplateId) -> Result<Option<TemplateRow>, StoreError>;

    /// The first template whose identity is among `candidates`.
    async fn find_template(&mut self, candidates: &[Digest]) -> Result<Option<TemplateRow>, StoreError>;

    /// A page of templates.
    async fn list_templates(&mut self, page: PageRequest) -> Result<Page<TemplateRow>, StoreError>;
}
