//! The rules that a template keeps beyond its spelling: model, parameters, schema, ALS (system.md, "A template").
//!
//! Pointers are those of the template's `config`; nothing here calls a provider.

mod alias;
mod canary;
mod domains;
mod model;
mod parameter;
mod schema;
mod strict;
mod two_step;

use crate::als::{Catalog, Keyring};
use crate::code::ErrorCode;
use crate::field::{FieldError, shown};
use crate::limits::Limits;
use crate::mode::GroundingMode;
use crate::template::Template;

pub use alias::{names_a_snapshot, pinned_sibling};
pub use canary::canary_temperature;
pub use domains::check_domains;
pub use two_step::goes_two_step;

/// What a template is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The limits in force.
    pub limits: &'a Limits,
    /// The ALS keys, where any are configured.
    pub als_keys: Option<&'a Keyring>,
    /// The model ids of the cached list, sorted or not; empty where none is cached.
    pub listed_models: &'a [String],
}

/// Every offence of a template against the rules of creation.
#[must_use]
pub fn check(template: &Template, surroundings: &Surroundings<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    errors.extend(size(template, surroundings.limits));
    errors.extend(alias::check(template, surroundings.listed_models));
    parameter::check(template, &mut errors);
    schema::check(template, &mut errors);
    als(template, surroundings.als_keys, &mut errors);
    errors
}

/// Every offence of asking for these modes: known only when a run or a batch is submitted. Pointers are into its `grounding_modes`.
#[must_use]
pub fn check_modes(template: &Template, modes: &[GroundingMode]) -> Vec<FieldError> {
    let reason = parameter::no_search(template);
    let grounded = modes.iter().enumerate().filter(|(_, mode)| match mode {
        GroundingMode::Ungrounded => false,
        GroundingMode::Preferred | GroundingMode::Required => true,
    });
    grounded
        .filter_map(|(index, mode)| {
            let detail = format!("{mode} offers a search: {}", reason.as_ref()?);
            Some(FieldError::new(
                format!("/grounding_modes/{index}"),
                ErrorCode::ParameterUnsupported,
                detail,
            ))
        })
        .collect()
}

fn size(template: &Template, limits: &Limits) -> Option<FieldError> {
    let bytes = template.canonical_bytes().len();
    let detail = || {
        format!("the canonical template has {bytes} bytes, at most {} are allowed", limits.template_max_bytes)
    };
    (bytes > limits.template_max_bytes).then(|| FieldError::new("", ErrorCode::TemplateTooLarge, detail()))
}

fn als(template: &Template, keys: Option<&Keyring>, errors: &mut Vec<FieldError>) {
    let Some(als) = &template.als else { return };
    if Catalog::named(&als.catalog).is_none() {
        let detail =
            format!("{} is no ALS catalogue: {} are known", shown(&als.catalog), Catalog::NAMES.join(", "));
        errors.push(FieldError::new("/als/catalog", ErrorCode::AlsCatalogUnknown, detail));
    }
    let detail = match (&als.seed_key_id, keys) {
        (_, None) => "this server has no ALS secrets".to_owned(),
        // The server fills in its own default.
        (None, Some(_)) => return,
        (Some(id), Some(keys)) if keys.contains(id) => return,
        (Some(id), Some(keys)) => {
            format!("{} is no ALS key: {} are known", shown(id), keys.ids().collect::<Vec<_>>().join(", "))
        }
    };
    errors.push(FieldError::new("/als/seed_key_id", ErrorCode::AlsKeyUnknown, detail));
}

#[cfg(test)]
mod tests;
