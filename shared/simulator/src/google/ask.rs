//! A generation request, read and found valid.

use stet_domain::Json;

use super::catalogue::{self, Model};
use super::config::{self, Config};
use super::contents::{self, texts};
use super::error::ApiError;
use super::families::Family;
use super::fields::member;
use super::message;
use super::surface::{Surface, Target};
use super::tools::{self, Tools};
use crate::scenario::Scenario;

/// The method that is played.
const METHOD: &str = "generateContent";

/// A valid request.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) surface: Surface,
    pub(super) model: Model<'a>,
    pub(super) family: Family,
    pub(super) config: Config<'a>,
    pub(super) tools: Tools,
    /// The last thing the user said.
    pub(super) question: String,
    /// Everything that was said before it.
    pub(super) before: String,
    /// Characters of all that was said.
    pub(super) input_chars: usize,
}

impl<'a> Ask<'a> {
    /// Checks a request as the vendor does and reads it.
    pub(super) fn read(
        document: &'a Json,
        target: &Target,
        scenario: &'a Scenario,
    ) -> Result<Self, ApiError> {
        message::check(document, target.surface)?;
        let model = catalogue::find(scenario, target.surface, &target.model)
            .filter(|model| model.generates)
            .ok_or_else(|| ApiError::model(target, METHOD))?;
        let family = Family::of(model.answers_as);
        contents::check(document, target.surface)?;
        if let Some(name) = member(document, "cachedContent") {
            let name = name.as_str().unwrap_or_default();
            return Err(ApiError::invalid(format!("The simulator does not play cached contents: {name}")));
        }
        let config = config::read(document, target.surface, family)?;
        let tools = tools::read(document, target, family, config.form)?;
        let mut said = texts(document);
        let last = said.iter().rposition(|(role, _)| *role == "user").unwrap_or(said.len().saturating_sub(1));
        let input_chars = said.iter().map(|(_, text)| text.len()).sum();
        let question = if said.is_empty() { String::new() } else { said.remove(last).1 };
        said.truncate(last);
        let before = said.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n");
        Ok(Self { surface: target.surface, model, family, config, tools, question, before, input_chars })
    }
}

/// The grounding mode that a request amounts to: a search can be offered and not be demanded.
pub(super) fn mode(document: &Json) -> &'static str {
    if tools::offers_search(document) { "PREFERRED" } else { "UNGROUNDED" }
}
