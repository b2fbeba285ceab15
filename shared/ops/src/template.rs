//! Templates.

mod create_template;
mod diff_templates;
mod get_template;
mod list_templates;
mod verify_template;

use stet_domain::Template;
use stet_domain::ids::TemplateId;
use stet_store::{TemplateRow, Tx};

use crate::OpError;

pub use create_template::NewTemplate;
pub use diff_templates::TemplatePair;

/// The template, or that there is none.
pub(crate) async fn required_template(tx: &mut dyn Tx, id: TemplateId) -> Result<TemplateRow, OpError> {
    tx.get_template(id).await?.ok_or(OpError::not_found("template"))
}

/// The typed template of a row; its bytes were canonical when they were written.
pub(crate) fn typed(row: &TemplateRow) -> Result<Template, OpError> {
    Template::parse(&row.canonical).map_err(|refusals| {
        let first = refusals.first().map(ToString::to_string).unwrap_or_default();
        OpError::internal("reading a stored template", &format!("{}: {first}", row.id))
    })
}
