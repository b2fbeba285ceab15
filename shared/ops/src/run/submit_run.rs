//! A single run, accepted.

use stet_domain::als::Catalog;
use stet_domain::field::FieldError;
use stet_domain::grid::{Cell, Grid, GridRequest};
use stet_domain::ids::{RunId, TemplateId};
use stet_domain::inputs::Inputs;
use stet_domain::rules::check_modes;
use stet_domain::trace::TraceParent;
use stet_domain::{Json, Template};
use stet_store::{ResourceRef, RunView, SingleRun, Tx};

use super::required_run;
use crate::audit::Change;
use crate::idempotency::{begin, earlier, record};
use crate::template::{required_template, typed};
use crate::{Actor, Done, How, IdempotentRequest, OpError, Operation, Ops};

/// A single cell as submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSubmission {
    /// The locale in any spelling.
    pub locale: String,
    /// The mode.
    pub grounding_mode: String,
    /// The inputs; `null` for none.
    pub inputs: Json,
    /// The trace that its calls go on.
    pub trace: Option<TraceParent>,
}

impl Ops {
    /// Writes a single run, due at once, and rings; [`Ops::wait_run`] tells its end.
    ///
    /// # Errors
    /// [`OpError::Validation`] with every offence; [`OpError::NotFound`]; [`OpError::IdempotencyMismatch`]; [`OpError::IdempotencyInProgress`];
    /// [`OpError::Store`]. Nothing was written then.
    pub async fn submit_run(
        &self,
        actor: &Actor,
        template: TemplateId,
        submitted: &RunSubmission,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<RunView>, OpError> {
        actor.may(Operation::SubmitRun)?;
        let row = {
            let mut tx = self.store().read(&actor.org).await?;
            if let Some(resource) = earlier(self, &mut *tx, idempotency).await? {
                return replayed(&mut *tx, resource).await;
            }
            required_template(&mut *tx, template).await?
        };
        let (cell, inputs) = self.check_run(&typed(&row)?, submitted)?;
        let run = SingleRun {
            id: RunId(self.parts.ids.ulid()),
            template,
            locale: cell.locale.to_string(),
            grounding_mode: cell.grounding_mode,
            inputs: inputs.canonical().to_vec(),
            inputs_sha256: inputs.sha256(),
            created_by: actor.key_id.to_string(),
            created_at: self.parts.clock.now(),
            trace: submitted.trace.clone(),
        };
        let (mut tx, resource) = begin(self, &actor.org, idempotency).await?;
        if let Some(resource) = resource {
            return replayed(&mut *tx, resource).await;
        }
        tx.insert_single_run(&run).await?;
        self.audit(&mut *tx, actor, Operation::SubmitRun, Change::run(&run)).await?;
        record(self, &mut *tx, idempotency, ResourceRef::Run(run.id)).await?;
        let view = required_run(&mut *tx, run.id).await?;
        tx.commit().await?;
        self.parts.tasks.run_cell(&actor.org, run.id, run.trace.as_ref()).await;
        Ok(Done::new(view))
    }

    /// A single run is a grid of one cell, held to the same rules.
    fn check_run(&self, template: &Template, submitted: &RunSubmission) -> Result<(Cell, Inputs), OpError> {
        let request = GridRequest {
            locales: std::slice::from_ref(&submitted.locale),
            grounding_modes: std::slice::from_ref(&submitted.grounding_mode),
            replicates: 1,
        };
        let catalog = template.als.as_ref().and_then(|als| Catalog::named(&als.catalog));
        let grid = Grid::parse(&request, catalog, &self.parts.settings.limits);
        let inputs = Inputs::resolve(template, Some(&submitted.inputs));
        let mut errors = Vec::new();
        errors.extend(self.provider_offence(template.provider));
        errors.extend(self.als_key_offence(template));
        if let Ok(grid) = &grid {
            errors.extend(check_modes(template, grid.modes()).into_iter().map(in_singular));
        }
        match (grid, inputs) {
            (Ok(grid), Ok(inputs)) if errors.is_empty() => {
                let cell =
                    grid.cell(0).ok_or_else(|| OpError::internal("checking a run", "an empty grid"))?;
                Ok((cell, inputs))
            }
            (grid, inputs) => {
                errors.extend(grid.err().into_iter().flatten().map(in_singular));
                errors.extend(inputs.err().into_iter().flatten());
                Err(OpError::Validation(errors))
            }
        }
    }
}

/// A pointer into a grid as one into a single cell.
fn in_singular(mut error: FieldError) -> FieldError {
    error.pointer = match error.pointer.as_str() {
        "/locales/0" => "/locale".to_owned(),
        "/grounding_modes/0" => "/grounding_mode".to_owned(),
        other => other.to_owned(),
    };
    error
}

async fn replayed(tx: &mut dyn Tx, resource: ResourceRef) -> Result<Done<RunView>, OpError> {
    match resource {
        ResourceRef::Run(id) => Ok(Done { value: required_run(tx, id).await?, how: How::Replayed }),
        ResourceRef::Template(_)
        | ResourceRef::Batch(_)
        | ResourceRef::ApiKey(_)
        | ResourceRef::Schedule(_) => {
            Err(OpError::internal("replaying a run", "the key's record names another kind of thing"))
        }
    }
}
