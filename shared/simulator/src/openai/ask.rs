//! A generation request, read and found valid.

use std::borrow::Cow;

use stet_domain::Json;

use super::catalogue::{self, Model};
use super::error::ApiError;
use super::families::{Family, Reasoning};
use super::{parameters, tools};
use crate::fields::{given, list, text};
use crate::form::Form;
use crate::scenario::Scenario;

/// The search that is offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SearchTool<'a> {
    /// The tool as it was sent.
    pub(super) tool: &'a Json,
    /// The country of the location; the United States where no location was sent at all.
    pub(super) country: Option<&'a str>,
    /// Whether the model must use a tool.
    pub(super) required: bool,
}

impl SearchTool<'_> {
    /// The only domains that may be found; all where there are none.
    pub(super) fn allowed_domains(&self) -> Vec<&str> {
        let filters = given(self.tool, "filters");
        let domains = filters.map_or(&[][..], |filters| list(filters, "allowed_domains"));
        domains.iter().filter_map(|domain| domain.as_str()).collect()
    }
}

/// A valid request.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) document: &'a Json,
    pub(super) model: Model<'a>,
    pub(super) family: Family,
    /// The effort in force.
    pub(super) effort: &'a str,
    pub(super) form: Form<'a>,
    pub(super) search: Option<SearchTool<'a>>,
    pub(super) max_output_tokens: Option<u64>,
    /// The last thing the user said.
    pub(super) question: Cow<'a, str>,
    /// Everything that was said before it.
    pub(super) before: String,
    /// Characters of all that was said.
    pub(super) input_chars: usize,
}

impl<'a> Ask<'a> {
    /// Checks a request as the vendor does and reads it.
    pub(super) fn read(document: &'a Json, scenario: &'a Scenario) -> Result<Self, ApiError> {
        parameters::known(document)?;
        let name = required(document, "model")?;
        let name = name.as_str().ok_or_else(|| parameters::wrong_type("model", "a string", name))?;
        let model = catalogue::find(scenario, name).ok_or_else(|| ApiError::model(400, name))?;
        let family = Family::of(model.answers_as);
        required(document, "input")?;
        parameters::input(document)?;
        let effort = parameters::effort(document, name, family)?;
        parameters::sampling(document, family, effort)?;
        let max_output_tokens = parameters::budget(document)?;
        let form = parameters::form(document)?;
        let search = tools::read(document, name, family, effort, form)?;
        let mut said = texts(document);
        let last = said.iter().rposition(|(role, _)| *role == "user").unwrap_or(said.len().saturating_sub(1));
        let input_chars = said.iter().map(|(_, text)| text.len()).sum();
        let question = if said.is_empty() { Cow::Borrowed("") } else { said.remove(last).1 };
        said.truncate(last);
        let before = said.iter().map(|(_, text)| text.as_ref()).collect::<Vec<_>>().join("\n");
        Ok(Self {
            document,
            model,
            family,
            effort,
            form,
            search,
            max_output_tokens,
            question,
            before,
            input_chars,
        })
    }

    /// Whether the model reasons before it answers.
    pub(super) fn reasons(&self) -> bool {
        self.family.reasoning != Reasoning::Never && self.effort != "none"
    }
}

fn required<'a>(document: &'a Json, name: &str) -> Result<&'a Json, ApiError> {
    given(document, name).ok_or_else(|| {
        let code = Some("missing_required_parameter");
        ApiError::invalid(code, name, format!("Missing required parameter: '{name}'."))
    })
}

/// Roles and texts of the conversation, the instructions first.
pub(super) fn texts(document: &Json) -> Vec<(&str, Cow<'_, str>)> {
    let mut texts = Vec::new();
    texts.extend(text(document, "instructions").map(|said| ("system", Cow::Borrowed(said))));
    texts.extend(text(document, "input").map(|said| ("user", Cow::Borrowed(said))));
    for item in list(document, "input") {
        let role = text(item, "role").unwrap_or_default();
        let parts = || list(item, "content").iter().filter_map(|part| text(part, "text")).collect();
        texts.push((role, text(item, "content").map_or_else(|| Cow::Owned(parts()), Cow::Borrowed)));
    }
    texts
}

/// The grounding mode that a request amounts to.
pub(super) fn mode(document: &Json) -> &'static str {
    let is_search = |tool: &Json| text(tool, "type").is_some_and(tools::is_web_search);
    if !list(document, "tools").iter().any(is_search) {
        return "UNGROUNDED";
    }
    match document.get("tool_choice").map(|choice| choice.as_str()) {
        None | Some(Some("auto")) => "PREFERRED",
        Some(Some("none")) => "UNGROUNDED",
        Some(_) => "REQUIRED",
    }
}
