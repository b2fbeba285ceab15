//! Templates.

mod create_template;
mod diff_templates;
mod get_template;
mod list_templates;
mod verify_template;

use stet_domain::Template;
use stet_domain::als::Keyring;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use stet_domain::ids::TemplateId;
use stet_store::{TemplateRow, Tx};

use crate::{OpError, Ops};

pub use create_template::NewTemplate;
pub(crate) use create_template::name_offence;
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

impl Ops {
    /// That the template's ALS needs a key that this server does not have; the pointer is the whole request, for the template comes with the
    /// path.
    pub(crate) fn als_key_offence(&self, template: &Template) -> Option<FieldError> {
        let id = template.als.as_ref()?.seed_key_id.as_deref()?;
        if self.als_keys().is_some_and(|keys| keys.contains(id)) {
            return None;
        }
        let known: Vec<&str> = self.als_keys().into_iter().flat_map(Keyring::ids).collect();
        let detail = format!(
            "the template's ALS needs the key {id:?}, which this server does not have; known: [{}]",
            known.join(", ")
        );
        Some(FieldError::new("", ErrorCode::AlsKeyUnknown, detail))
    }
}
