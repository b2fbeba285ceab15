//! A submission, checked and counted: what a dry run shows and a batch is made of.

use stet_domain::als::{Catalog, MAX_BLOCK_CHARS, catalog_sha256};
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftPolicy;
use stet_domain::field::FieldError;
use stet_domain::grid::{Cell, Grid, GridRequest};
use stet_domain::inputs::Inputs;
use stet_domain::mode::GroundingMode;
use stet_domain::prompt::Prompt;
use stet_domain::rules::check_modes;
use stet_domain::template::BYTES_PER_TOKEN;
use stet_domain::{Digest, Template};
use stet_store::TemplateRow;

use super::BatchSubmission;
use crate::{OpError, Ops};

/// Cells that a plan shows.
const FIRST_CELLS: usize = 10;

/// One cell of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCell {
    /// The cell's number.
    pub batch_run_index: u32,
    /// The canonical locale.
    pub locale: String,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// From 0.
    pub replicate_index: u32,
}

/// Tokens of a whole batch, reckoned from the length of its prompts; what a search adds is not foreseeable and not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EstimatedTokens {
    /// Read.
    pub input: u64,
    /// Written at most; `None` where the template sets no `max_output_tokens`.
    pub output_max: Option<u64>,
}

/// What preflight would hold the model to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLock {
    /// The template's constraint.
    pub model_version: String,
    /// Fingerprints that would be taken; empty for any.
    pub model_fingerprint_allowlist: Vec<String>,
}

/// A checked submission (api.md, `dry_run`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// canonical.md §5.
    pub batch_sha256: Digest,
    /// canonical.md §5.
    pub plan_sha256: Digest,
    /// Canonical locales, sorted.
    pub locales: Vec<String>,
    /// Modes in expansion order.
    pub grounding_modes: Vec<GroundingMode>,
    /// Replicates of each (locale, mode).
    pub replicates: u32,
    /// How many cells that makes.
    pub cells: u64,
    /// The inputs in canonical JSON, defaults filled in.
    pub inputs: Vec<u8>,
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// What a drifted result leads to.
    pub drift_policy: DriftPolicy,
    /// At most so many cells at once.
    pub max_parallel: Option<u32>,
    /// The catalogue of the template's ALS.
    pub als_catalog_sha256: Option<Digest>,
    /// The first cells by number.
    pub first_cells: Vec<PlannedCell>,
    /// What it would read and write.
    pub estimated_tokens: EstimatedTokens,
    /// What preflight would hold the model to.
    pub lock: PlannedLock,
}

/// A plan with the grid that it counts.
pub(crate) struct Checked {
    pub(super) plan: Plan,
    pub(super) grid: Grid,
}

impl Ops {
    /// Checks a submission against its template; every offence at once.
    pub(crate) fn check_batch(
        &self,
        row: &TemplateRow,
        template: &Template,
        submitted: &BatchSubmission,
    ) -> Result<Checked, OpError> {
        let mut errors = Vec::new();
        errors.extend(self.provider_offence(template.provider));
        errors.extend(self.als_key_offence(template));
        let parts = parse(&self.parts.settings.limits, template, submitted, &mut errors);
        let Some(parts) = parts.filter(|_| errors.is_empty()) else {
            return Err(OpError::Validation(errors));
        };
        let plan = plan(row, template, &parts);
        match parts.expected {
            Some(expected) if expected != plan.plan_sha256 => {
                Err(OpError::PlanMismatch { expected, actual: plan.plan_sha256 })
            }
            _ => Ok(Checked { plan, grid: parts.grid }),
        }
    }
}

struct Parts {
    grid: Grid,
    inputs: Inputs,
    drift_policy: DriftPolicy,
    max_parallel: Option<u32>,
    expected: Option<Digest>,
}

fn parse(
    limits: &stet_domain::limits::Limits,
    template: &Template,
    submitted: &BatchSubmission,
    errors: &mut Vec<FieldError>,
) -> Option<Parts> {
    let catalog = template.als.as_ref().and_then(|als| Catalog::named(&als.catalog));
    let request = GridRequest {
        locales: &submitted.locales,
        grounding_modes: &submitted.grounding_modes,
        replicates: submitted.replicates,
    };
    let grid = kept(Grid::parse(&request, catalog, limits), errors);
    errors.extend(mode_offences(template, &submitted.grounding_modes));
    let inputs = kept(Inputs::resolve(template, Some(&submitted.inputs)), errors);
    let drift_policy = DriftPolicy::named(&submitted.drift_policy);
    if drift_policy.is_none() {
        let detail = format!("{:?} is no drift policy: hard, fail or warn", bounded(&submitted.drift_policy));
        errors.push(FieldError::new("/drift_policy", ErrorCode::ValueNotAllowed, detail));
    }
    let max_parallel = kept(max_parallel(submitted.max_parallel, limits.batch_max_cells), errors);
    let expected = kept(expected(submitted.expected_plan_sha256.as_deref()), errors);
    Some(Parts {
        grid: grid?,
        inputs: inputs?,
        drift_policy: drift_policy?,
        max_parallel: max_parallel?,
        expected: expected?,
    })
}

/// What the template does not take of the modes asked for, at the places where they were asked for.
fn mode_offences(template: &Template, submitted: &[String]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, text) in submitted.iter().enumerate() {
        let Ok(mode) = text.parse::<GroundingMode>() else { continue };
        errors.extend(check_modes(template, &[mode]).into_iter().map(|mut error| {
            error.pointer = format!("/grounding_modes/{index}");
            error
        }));
    }
    errors
}

fn kept<T>(result: Result<T, Vec<FieldError>>, errors: &mut Vec<FieldError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(found) => {
            errors.extend(found);
            None
        }
    }
}

fn max_parallel(submitted: Option<i64>, limit: u64) -> Result<Option<u32>, Vec<FieldError>> {
    let Some(submitted) = submitted else { return Ok(None) };
    match u32::try_from(submitted) {
        Ok(cells) if cells > 0 && u64::from(cells) <= limit => Ok(Some(cells)),
        _ => {
            let detail = format!("{submitted} cells at once, 1 to {limit} are allowed");
            Err(vec![FieldError::new("/max_parallel", ErrorCode::ValueNotAllowed, detail)])
        }
    }
}

fn expected(submitted: Option<&str>) -> Result<Option<Digest>, Vec<FieldError>> {
    let Some(text) = submitted else { return Ok(None) };
    text.parse().map(Some).map_err(|_no_digest| {
        let detail = format!("{:?} is no SHA-256: 64 lower-case hexadecimal digits", bounded(text));
        vec![FieldError::new("/expected_plan_sha256", ErrorCode::ValueNotAllowed, detail)]
    })
}

fn bounded(text: &str) -> String {
    text.chars().take(64).collect()
}

fn plan(row: &TemplateRow, template: &Template, parts: &Parts) -> Plan {
    let grid = &parts.grid;
    let als_catalog_sha256 = catalog_sha256(template);
    let batch_sha256 = grid.batch_sha256(row.template_sha256, parts.inputs.sha256(), parts.drift_policy);
    Plan {
        batch_sha256,
        plan_sha256: grid.plan_sha256(batch_sha256, als_catalog_sha256),
        locales: grid.locales().iter().map(ToString::to_string).collect(),
        grounding_modes: grid.modes().to_vec(),
        replicates: grid.replicates(),
        cells: u64::from(grid.cells()),
        inputs: parts.inputs.canonical().to_vec(),
        inputs_sha256: parts.inputs.sha256(),
        drift_policy: parts.drift_policy,
        max_parallel: parts.max_parallel,
        als_catalog_sha256,
        first_cells: grid.iter().take(FIRST_CELLS).map(planned).collect(),
        estimated_tokens: estimate(template, parts),
        lock: PlannedLock {
            model_version: template.model_version_constraint.clone(),
            model_fingerprint_allowlist: template.model_fingerprint_allowlist.clone(),
        },
    }
}

fn planned(cell: Cell) -> PlannedCell {
    PlannedCell {
        batch_run_index: cell.index,
        locale: cell.locale.to_string(),
        grounding_mode: cell.grounding_mode,
        replicate_index: cell.replicate_index,
    }
}

fn estimate(template: &Template, parts: &Parts) -> EstimatedTokens {
    let cells = u64::from(parts.grid.cells());
    let said = Prompt::build(template, parts.inputs.values(), None).map_or(0, |prompt| {
        let turns: usize = prompt.turns.iter().map(|turn| turn.content.len()).sum();
        prompt.system.map_or(0, |system| system.len()) + turns
    });
    let block = if template.als.is_some() { MAX_BLOCK_CHARS } else { 0 };
    let per_cell = ((said + block) as u64).div_ceil(BYTES_PER_TOKEN);
    EstimatedTokens {
        input: per_cell.saturating_mul(cells),
        output_max: template
            .generation
            .max_output_tokens
            .map(|tokens| u64::from(tokens).saturating_mul(cells)),
    }
}
