//! A template, posted.

use stet_domain::Template;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use stet_domain::ids::TemplateId;
use stet_domain::record::Record as _;
use stet_domain::rules::{Surroundings, check, check_domains};
use stet_domain::{Digest, Json};
use stet_store::{ResourceRef, StoreError, TemplateRow, Tx};

use super::required_template;
use crate::audit::Change;
use crate::idempotency::{begin, earlier, record};
use crate::record::template_record;
use crate::{Actor, Done, How, IdempotentRequest, OpError, Operation, Ops};

/// Code points of a template's name at most.
const MAX_NAME_CHARS: usize = 200;

/// How often a creation that lost a race for the same content looks again.
const MAX_TRIES: u32 = 2;

/// A template as submitted: `{name, config}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTemplate {
    /// The label.
    pub name: String,
    /// The recipe.
    pub config: Json,
}

/// A submission that passed every rule.
struct Accepted {
    name: String,
    /// With the default seed key filled in.
    template: Template,
    /// The identities that count as the same content (canonical.md §4).
    candidates: Vec<Digest>,
}

impl Ops {
    /// Creates the template: [`How::New`], or [`How::Same`] with the stored one where its content stands already, whatever its name. The provider is never called.
    ///
    /// # Errors
    /// [`OpError::Validation`] with every offence, pointers into `{name, config}`; [`OpError::IdempotencyMismatch`]; [`OpError::IdempotencyInProgress`];
    /// [`OpError::Store`].
    pub async fn create_template(
        &self,
        actor: &Actor,
        new: &NewTemplate,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<TemplateRow>, OpError> {
        actor.may(Operation::CreateTemplate)?;
        if idempotency.is_some() {
            let mut tx = self.store().read(&actor.org).await?;
            // A repeated request is answered before it is judged: rules and lists may have changed since.
            if let Some(resource) = earlier(self, &mut *tx, idempotency).await? {
                return replayed(&mut *tx, resource).await;
            }
        }
        let accepted = self.accept_template(new).await?;
        for _ in 1..MAX_TRIES {
            match self.write_template(actor, &accepted, idempotency).await {
                // Another transaction wrote the same content first: the next look finds it.
                Err(OpError::Store(StoreError::Conflict { .. })) => {}
                done => return done,
            }
        }
        self.write_template(actor, &accepted, idempotency).await
    }

    async fn accept_template(&self, new: &NewTemplate) -> Result<Accepted, OpError> {
        let mut errors = Vec::new();
        let name = new.name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        errors.extend(name_offence(name));
        let template = match Template::from_json(&new.config) {
            Ok(template) => Some(template),
            Err(refusals) => {
                errors.extend(FieldError::from_refusals("/config", &refusals));
                None
            }
        };
        if let Some(template) = &template {
            errors.extend(self.rule_offences(template).await?);
            errors.extend(check_domains(&new.config).into_iter().map(|error| error.under("/config")));
        }
        match template {
            Some(template) if errors.is_empty() => self.candidates(name, template),
            _ => Err(OpError::Validation(errors)),
        }
    }

    /// The rules beyond spelling, against the cached model list where there is one.
    async fn rule_offences(&self, template: &Template) -> Result<Vec<FieldError>, OpError> {
        let cached = self.parts.versions.cached(template.provider).await.map_err(OpError::versions)?;
        let listed: Vec<String> =
            cached.into_iter().flat_map(|listing| listing.models).map(|model| model.id).collect();
        let surroundings = Surroundings {
            limits: &self.parts.settings.limits,
            als_keys: self.als_keys(),
            listed_models: &listed,
        };
        let mut errors = check(template, &surroundings);
        for error in &mut errors {
            error.pointer.insert_str(0, "/config");
        }
        Ok(errors)
    }

    fn candidates(&self, name: &str, template: Template) -> Result<Accepted, OpError> {
        let open = template.als.as_ref().is_some_and(|als| als.seed_key_id.is_none());
        let (template, candidates) = match self.als_keys() {
            Some(keys) if open => {
                let under =
                    |id: &str| template.clone().with_seed_key_id(id).map_err(|refusals| refused(&refusals));
                let known: Result<Vec<Digest>, OpError> =
                    keys.ids().map(|id| Ok(under(id)?.sha256())).collect();
                (under(keys.default_id())?, known?)
            }
            _ => {
                let identity = template.sha256();
                (template, vec![identity])
            }
        };
        Ok(Accepted { name: name.to_owned(), template, candidates })
    }

    async fn write_template(
        &self,
        actor: &Actor,
        accepted: &Accepted,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<TemplateRow>, OpError> {
        let (mut tx, resource) = begin(self, &actor.org, idempotency).await?;
        if let Some(resource) = resource {
            return replayed(&mut *tx, resource).await;
        }
        let (value, how) = if let Some(stored) = tx.find_template(&accepted.candidates).await? {
            (stored, How::Same)
        } else {
            let row = self.template_row(actor, accepted);
            tx.insert_template(&row).await?;
            self.audit(&mut *tx, actor, Operation::CreateTemplate, Change::template(&row)).await?;
            (row, How::New)
        };
        record(self, &mut *tx, idempotency, ResourceRef::Template(value.id)).await?;
        tx.commit().await?;
        Ok(Done { value, how })
    }

    fn template_row(&self, actor: &Actor, accepted: &Accepted) -> TemplateRow {
        let template = &accepted.template;
        let canonical = template.canonical_bytes();
        let mut row = TemplateRow {
            org: actor.org.clone(),
            id: TemplateId(self.parts.ids.ulid()),
            name: accepted.name.clone(),
            template_sha256: Digest::of(&canonical),
            canonical,
            provider: template.provider,
            model_version_constraint: template.model_version_constraint.clone(),
            created_by: actor.key_id.to_string(),
            created_at: self.parts.clock.now(),
            record_hmac: [0; 32],
            record_key_id: String::new(),
        };
        let seal = template_record(&row).seal(&self.parts.record_keys);
        row.record_hmac = seal.hmac;
        row.record_key_id = seal.key_id;
        row
    }
}

async fn replayed(tx: &mut dyn Tx, resource: ResourceRef) -> Result<Done<TemplateRow>, OpError> {
    match resource {
        ResourceRef::Template(id) => Ok(Done { value: required_template(tx, id).await?, how: How::Replayed }),
        ResourceRef::Batch(_) | ResourceRef::Run(_) | ResourceRef::ApiKey(_) | ResourceRef::Schedule(_) => {
            Err(OpError::internal("replaying a template", "the key's record names another kind of thing"))
        }
    }
}

/// What is wrong with a name that a person gives.
pub(crate) fn name_offence(name: &str) -> Option<FieldError> {
    let chars = name.chars().count();
    match chars {
        0 => Some(FieldError::new("/name", ErrorCode::Empty, "the name may not be empty")),
        1..=MAX_NAME_CHARS if name.contains('\0') => {
            let detail = format!("{name:?} has the character U+0000");
            Some(FieldError::new("/name", ErrorCode::ValueNotAllowed, detail))
        }
        1..=MAX_NAME_CHARS => None,
        _ => {
            let detail = format!("the name has {chars} characters, at most {MAX_NAME_CHARS} are allowed");
            Some(FieldError::new("/name", ErrorCode::TooLong, detail))
        }
    }
}

fn refused(refusals: &[stet_canon::Refusal]) -> OpError {
    OpError::Validation(FieldError::from_refusals("/config", refusals))
}
