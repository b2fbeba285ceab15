//! What a cell asks: prompt, search, form and ids, from canonical values alone.

use std::sync::Arc;

use stet_domain::Digest;
use stet_domain::als::{self, AlsBlock};
use stet_domain::answer::{Answer, Finish};
use stet_domain::client_request_id::ClientRequest;
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftPolicy;
use stet_domain::evidence;
use stet_domain::inputs::Inputs;
use stet_domain::mode::GroundingMode;
use stet_domain::prompt::Prompt;
use stet_domain::rules::goes_two_step;
use stet_domain::template::Output;
use stet_domain::verdict::{Standard, check_observation, drift, is_worth_reshaping};
use stet_domain::{Locale, Region};
use stet_ops::Ops;
use stet_ops::rows::ClaimedRun;
use stet_provider::{Call, OutputForm, Search};

use crate::templates::Prepared;

/// Why a cell cannot be asked: it fails closed, with nothing sent.
pub(super) struct Unaskable {
    pub(super) prepared: Arc<Prepared>,
    pub(super) locale: Option<Locale>,
    pub(super) code: ErrorCode,
    pub(super) detail: String,
}

/// What tells the calls of one cell apart.
struct Step {
    /// 1, or 2 for the reshaping step.
    number: u32,
    /// Whether this is the provoker's try, or the reshaping of its answer.
    provoker_try: bool,
    output: OutputForm,
    search: Option<Search>,
}

/// A cell ready to be asked.
pub(super) struct Ask {
    pub(super) run: Arc<ClaimedRun>,
    pub(super) prepared: Arc<Prepared>,
    pub(super) locale: Locale,
    pub(super) als: Option<AlsBlock>,
    prompt: Prompt,
}

impl Ask {
    pub(super) fn new(ops: &Ops, run: &Arc<ClaimedRun>, prepared: Arc<Prepared>) -> Result<Self, Unaskable> {
        let template = &prepared.template;
        let unaskable = |locale: Option<Locale>, code: ErrorCode, detail: String| Unaskable {
            prepared: Arc::clone(&prepared),
            locale,
            code,
            detail,
        };
        let locale: Locale = run.row.locale.parse().map_err(|refusal| {
            unaskable(None, ErrorCode::LocaleInvalid, format!("{}: {refusal:?}", run.row.locale))
        })?;
        let block = match &template.als {
            None => None,
            Some(als) => {
                let Some(keys) = ops.als_keys() else {
                    let detail = "this server has no ALS secrets".to_owned();
                    return Err(unaskable(Some(locale), ErrorCode::AlsKeyUnknown, detail));
                };
                als::block(keys, als, &run.row.locale, ops.settings().limits.als_max_chars)
                    .map_err(|error| unaskable(Some(locale), error.code(), error.to_string()))?
            }
        };
        let inputs = Inputs::from_canonical(template, &run.inputs)
            .map_err(|error| unaskable(Some(locale), ErrorCode::Internal, error.to_string()))?;
        let prompt =
            Prompt::build(template, inputs.values(), block.as_ref().map(|block| block.text.as_str()))
                .map_err(|refusal| {
                    unaskable(Some(locale), ErrorCode::PlaceholderInvalid, refusal.to_string())
                })?;
        Ok(Self { run: Arc::clone(run), locale, als: block, prompt, prepared })
    }

    /// The cell's call: its only one, or step 1.
    pub(super) fn call(&self) -> Call {
        self.build(self.prompt.clone(), self.step1(false))
    }

    /// The same with the provoker line.
    pub(super) fn provoked_call(&self, provoker: &str) -> Call {
        self.build(self.prompt.clone().with_provoker(provoker), self.step1(true))
    }

    /// The call that reshapes this answer, where the cell goes two steps and the answer is worth it; `provoked` says which try brought the answer.
    pub(super) fn step2_call(&self, answer: &Answer, provoked: bool) -> Option<Call> {
        if !self.goes_two_step() || !is_worth_reshaping(&self.standard(), answer) {
            return None;
        }
        let output = &self.prepared.template.output;
        let step = Step { number: 2, provoker_try: provoked, output: form(output), search: None };
        Some(self.build(Prompt::reshaping(&answer.text, output), step))
    }

    /// What the cell's answers are held to.
    pub(super) fn standard(&self) -> Standard<'_> {
        let lock = self.run.lock.as_ref();
        Standard {
            template: &self.prepared.template,
            schema: self.prepared.schema.as_ref(),
            mode: self.run.row.grounding_mode,
            lock: lock.map(|row| &row.lock),
            lock_version: lock.and_then(|row| row.lock_version.as_deref()),
            lock_echo: lock.map(|row| row.echo).unwrap_or_default(),
            // A single run has no lock, so that no policy ever applies to it.
            drift_policy: self.run.drift_policy.unwrap_or(DriftPolicy::Fail),
        }
    }

    /// The provoker line, where this answer calls for it: complete, by the model that is asked for, and without the evidence that the mode wants. An
    /// answer by another model is judged as it is: a second try must not hide the drift.
    pub(super) fn provoker_for(&self, answer: &Answer) -> Option<&str> {
        let grounding = evidence::judge(self.run.row.grounding_mode, &answer.search);
        let provoker = self.prepared.template.grounding.provoker.as_deref();
        provoker.filter(|_| grounding.calls_for_provoker() && is_complete(answer) && self.is_expected(answer))
    }

    /// Whether the model that answered is the lock's, or without a lock the template's.
    fn is_expected(&self, answer: &Answer) -> bool {
        let Some(observed) = &answer.observed else { return false };
        match &self.run.lock {
            Some(row) => drift(&row.lock.observed, observed).is_none(),
            None => check_observation(&self.prepared.template, None, observed).is_ok(),
        }
    }

    fn goes_two_step(&self) -> bool {
        goes_two_step(&self.prepared.template, self.run.row.grounding_mode)
    }

    /// Step 1 of two is asked in no form: what it says is for the second to put into one.
    fn step1(&self, provoker_try: bool) -> Step {
        let template = &self.prepared.template;
        let search = match self.run.row.grounding_mode {
            GroundingMode::Ungrounded => None,
            mode @ (GroundingMode::Preferred | GroundingMode::Required) => Some(Search {
                mode,
                context_size: template.grounding.search_context_size,
                allowed_domains: template.grounding.allowed_domains.clone(),
                country: self.locale.region().map(Region::Country),
            }),
        };
        let output = if self.goes_two_step() { OutputForm::Text } else { form(&template.output) };
        Step { number: 1, provoker_try, output, search }
    }

    /// What names a call's span: the attempt and its step, so that a second attempt's call is another span.
    fn span_of(&self, request: &ClientRequest) -> Digest {
        let row = &self.run.row;
        Digest::of(format!("{}:{}:{}", row.id, row.fence.0, request.id()).as_bytes())
    }

    fn build(&self, prompt: Prompt, step: Step) -> Call {
        let template = &self.prepared.template;
        let row = &self.run.row;
        let request = ClientRequest {
            batch_sha256: self.run.batch_sha256,
            batch_run_index: row.batch_run_index,
            replicate_index: row.replicate_index,
            step: step.number,
            provoker_try: step.provoker_try,
        };
        Call {
            model: template.model_version_constraint.clone(),
            system: prompt.system,
            turns: prompt.turns,
            generation: template.generation.clone(),
            output: step.output,
            search: step.search,
            client_request_id: request.id(),
            trace: self.run.trace.as_ref().map(|trace| trace.child(self.span_of(&request))),
        }
    }
}

/// Whether an answer ended as an answer should.
pub(super) fn is_complete(answer: &Answer) -> bool {
    answer.finish == Finish::Complete && !answer.text.is_empty()
}

fn form(output: &Output) -> OutputForm {
    match output {
        Output::Text => OutputForm::Text,
        Output::Json { schema: None, .. } => OutputForm::Json,
        Output::Json { schema: Some(schema), strict: true } => {
            OutputForm::StrictJson { schema: schema.clone() }
        }
        Output::Json { schema: Some(schema), strict: false } => {
            OutputForm::LooseJson { schema: schema.clone() }
        }
    }
}
