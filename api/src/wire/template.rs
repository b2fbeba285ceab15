//! Templates.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stet_store::TemplateRow;
use utoipa::ToSchema;

use super::embedded;

/// A template as stored.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Template {
    /// `tpl_…`.
    pub id: String,
    /// The label it was first posted under.
    pub name: String,
    /// Its identity within the org: the SHA-256 of the canonical `config`.
    pub template_sha256: String,
    /// `openai`, `gemini` or `vertex`.
    pub provider: String,
    /// The exact model id that is requested.
    pub model_version_constraint: String,
    /// The API key that created it.
    pub created_by: String,
    /// When it was created.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The HMAC over the record (canonical.md §4).
    pub record_hmac: String,
    /// The id of that HMAC's key.
    pub record_key_id: String,
    /// The canonical recipe, byte for byte what is hashed; left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub config: Option<Box<RawValue>>,
}

impl Template {
    /// As lists show it.
    pub(crate) fn summary(row: TemplateRow) -> Self {
        Self { config: None, ..Self::from(row) }
    }
}

impl From<TemplateRow> for Template {
    fn from(row: TemplateRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            template_sha256: row.template_sha256.to_string(),
            provider: row.provider.to_string(),
            model_version_constraint: row.model_version_constraint,
            created_by: row.created_by,
            created_at: row.created_at.to_string(),
            record_hmac: super::hex(&row.record_hmac),
            record_key_id: row.record_key_id,
            config: Some(embedded(row.canonical)),
        }
    }
}
