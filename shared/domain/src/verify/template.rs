//! Verification of a template row.

use stet_canon::Digest;

use super::{Disagreement, holds, same_digest, same_text, sealed};
use crate::record::{RecordKeys, Seal, TemplateRecord};
use crate::template::Template;

/// Recomputes every hash and the HMAC of a stored template; answers the template that its bytes spell.
///
/// # Errors
/// The first [`Disagreement`].
pub fn verify_template(
    record: &TemplateRecord<'_>,
    keys: &RecordKeys,
    seal: &Seal,
) -> Result<Template, Disagreement> {
    same_digest("template_sha256", record.template_sha256, Digest::of(record.canonical))?;
    let template = Template::parse(record.canonical).map_err(|refusals| {
        let first = refusals.first().map_or_else(String::new, ToString::to_string);
        holds("canonical", false, || format!("the bytes are no template: {first}"))
            .expect_err("it does not hold")
    })?;
    holds("canonical", template.canonical_bytes() == record.canonical, || {
        "the bytes are not in canonical form".to_owned()
    })?;
    same_text("provider", record.provider.as_str(), template.provider.as_str())?;
    same_text(
        "model_version_constraint",
        record.model_version_constraint,
        &template.model_version_constraint,
    )?;
    sealed(record, keys, seal)?;
    Ok(template)
}
