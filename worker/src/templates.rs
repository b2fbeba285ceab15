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

impl Prepared {
    /// Tokens that a call may take, before anything is known of its answer.
    pub(crate) fn estimated_tokens(&self) -> u64 {
        call_tokens(&self.template, self.row.canonical.len())
    }
}

/// Why a cell cannot have its template.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error(transparent)]
    Read(#[from] Arc<OpError>),
    #[error("the stored template's schema cannot be compiled: {0}")]
    Schema(String),
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
