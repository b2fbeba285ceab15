//! Templates as cells need them: read once, since they never change.

use std::sync::Arc;

use moka::future::Cache;
use stet_domain::ids::{OrgId, TemplateId};
use stet_domain::template::{Template, call_tokens};
use stet_domain::verdict::OutputSchema;
use stet_ops::rows::TemplateRow;
use stet_ops::{OpError, Ops};

/// Templates kept at most.
const KEPT: u64 = 1_024;

/// A template ready for its cells.
pub(crate) struct Prepared {
    pub(crate) row: TemplateRow,
    pub(crate) template: Template,
    /// The compiled schema of a strict output.
    pub(crate) schema: Option<OutputSchema>,
}

/// Why a cell cannot have its template.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error(transparent)]
    Read(#[from] Arc<OpError>),
    #[error("the stored template's schema cannot be compiled: {0}")]
    Schema(String),
}

impl TemplateError {
    /// Whether it may pass by itself.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Read(error) if error.is_transient())
    }
}

/// The templates that this process has read.
#[derive(Clone)]
pub(crate) struct Templates {
    ops: Ops,
    kept: Cache<(OrgId, TemplateId), Arc<Prepared>>,
}

impl Templates {
    pub(crate) fn new(ops: Ops) -> Self {
        Self { ops, kept: Cache::new(KEPT) }
    }

    /// Tokens that a call of the template may take; 0 where it cannot be used, for nothing is called then.
    /// `None` while the database is away.
    pub(crate) async fn size(&self, org: &OrgId, id: TemplateId) -> Option<u64> {
        match self.get(org, id).await {
            Ok(prepared) => Some(call_tokens(&prepared.template, prepared.row.canonical.len())),
            Err(error) if error.is_transient() => {
                tracing::warn!(%org, %error, "a template cannot be read now, trying again");
                None
            }
            Err(_unusable) => Some(0),
        }
    }

    /// The template; cells that ask for the same one at once share one read.
    pub(crate) async fn get(&self, org: &OrgId, id: TemplateId) -> Result<Arc<Prepared>, TemplateError> {
        let read = self.kept.try_get_with((org.clone(), id), async {
            let (row, template) = self.ops.load_template(org, id).await.map_err(Arc::new)?;
            let schema =
                OutputSchema::of(&template).map_err(|error| TemplateError::Schema(error.to_string()))?;
            Ok(Arc::new(Prepared { row, template, schema }))
        });
        read.await.map_err(|error: Arc<TemplateError>| TemplateError::clone(&error))
    }
}
