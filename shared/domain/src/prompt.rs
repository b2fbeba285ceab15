//! What is said to the model: system text, ALS block, conversation (system.md, "ALS"; providers.md, Requests 3 and 6).

use std::collections::BTreeMap;

use stet_canon::Refusal;
use stet_canon::placeholder::render;

use crate::template::{InputValue, Output, Role, Template};

/// What stands between two system messages.
const SYSTEM_SEPARATOR: &str = "\n\n";

/// What stands between a user turn and the provoker line.
const PROVOKER_SEPARATOR: &str = "\n";

/// What the reshaping step is told where the template has a schema (providers-wire.md, example `gemini_request_step2`).
///
/// Part of a run's provenance by the request's bytes, which are kept and sealed: another wording is another recipe.
pub const RESHAPE_TO_SCHEMA: &str = "Convert the supplied answer to the schema. Do not add facts.";

/// The same where the template asks for JSON without a schema.
pub const RESHAPE_TO_JSON: &str = "Convert the supplied answer to JSON. Do not add facts.";

/// One turn of the conversation; its role is never [`Role::System`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// The text, placeholders filled.
    pub content: String,
}

/// A prompt as it is sent, in no vendor's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The system messages joined by a blank line; `None` without any.
    pub system: Option<String>,
    /// The ALS block as a user turn of its own, then the template's other messages in order.
    pub turns: Vec<Turn>,
    /// How many of the turns are the ALS block: the provoker leaves it alone, for its text is hashed.
    block_turns: usize,
}

impl Prompt {
    /// Builds the prompt of a cell.
    ///
    /// # Errors
    /// The refusal of a placeholder: none for inputs that were resolved against the same template.
    pub fn build(
        template: &Template,
        values: &BTreeMap<String, InputValue>,
        als_block: Option<&str>,
    ) -> Result<Self, Refusal> {
        let mut system: Option<String> = None;
        let mut turns = Vec::with_capacity(template.messages.len() + 1);
        if let Some(block) = als_block {
            turns.push(Turn { role: Role::User, content: block.to_owned() });
        }
        for message in &template.messages {
            let content = render(&message.content, values)?;
            match (message.role, &mut system) {
                (Role::System, None) => system = Some(content),
                (Role::System, Some(text)) => {
                    text.push_str(SYSTEM_SEPARATOR);
                    text.push_str(&content);
                }
                (Role::User | Role::Assistant, _) => turns.push(Turn { role: message.role, content }),
            }
        }
        Ok(Self { system, turns, block_turns: usize::from(als_block.is_some()) })
    }

    /// The prompt of the reshaping step: the text of step 1 verbatim and nothing else, for whatever else was said may add facts to it.
    #[must_use]
    pub fn reshaping(source: &str, output: &Output) -> Self {
        let told = match output {
            Output::Json { schema: Some(_), .. } => RESHAPE_TO_SCHEMA,
            Output::Json { schema: None, .. } | Output::Text => RESHAPE_TO_JSON,
        };
        Self {
            system: Some(told.to_owned()),
            turns: vec![Turn { role: Role::User, content: source.to_owned() }],
            block_turns: 0,
        }
    }

    /// The prompt of the provoker's try: its line at the end of the template's last user turn, or a user turn of its own where there is none.
    #[must_use]
    pub fn with_provoker(mut self, provoker: &str) -> Self {
        let spoken = self.turns.iter_mut().skip(self.block_turns);
        match spoken.rev().find(|turn| turn.role == Role::User) {
            Some(turn) => {
                turn.content.push_str(PROVOKER_SEPARATOR);
                turn.content.push_str(provoker);
            }
            None => self.turns.push(Turn { role: Role::User, content: provoker.to_owned() }),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(messages: &str) -> Template {
        let config = format!(
            r#"{{"provider":"openai","model_version_constraint":"m","messages":{messages},"inputs":{{"x":{{"type":"string"}}}}}}"#
        );
        Template::parse(config.as_bytes()).unwrap()
    }

    fn values() -> BTreeMap<String, InputValue> {
        [("x".to_owned(), InputValue::from("{{x}}"))].into()
    }

    fn said(prompt: &Prompt) -> Vec<(&'static str, &str)> {
        prompt.turns.iter().map(|turn| (turn.role.as_str(), turn.content.as_str())).collect()
    }

    #[test]
    fn the_order_is_system_block_conversation() {
        let template = template(
            r#"[{"role":"system","content":"a"},{"role":"system","content":"b {{x}}"},
                {"role":"user","content":"q {{x}}"},{"role":"assistant","content":"r"},{"role":"user","content":"s"}]"#,
        );
        let prompt = Prompt::build(&template, &values(), Some("block")).unwrap();
        assert_eq!(prompt.system.as_deref(), Some("a\n\nb {{x}}"));
        assert_eq!(
            said(&prompt),
            [("user", "block"), ("user", "q {{x}}"), ("assistant", "r"), ("user", "s")]
        );
        let plain = Prompt::build(&template, &values(), None).unwrap();
        assert_eq!(said(&plain)[0], ("user", "q {{x}}"));
    }

    #[test]
    fn the_provoker_is_the_last_line_of_the_last_user_turn() {
        let template = template(r#"[{"role":"user","content":"q"},{"role":"assistant","content":"r"}]"#);
        let prompt =
            Prompt::build(&template, &values(), None).unwrap().with_provoker("Search the web first.");
        assert_eq!(said(&prompt), [("user", "q\nSearch the web first."), ("assistant", "r")]);
        assert_eq!(prompt.system, None);
    }

    #[test]
    fn the_reshaping_step_is_told_one_sentence_and_the_text_of_step_1() {
        let json = |schema: &str| {
            let fields = format!(r#"[{{"role":"user","content":"q"}}],"output":{{"format":"json"{schema}}}"#);
            Prompt::reshaping(" {{x}}\r\n", &template(&fields).output)
        };
        let to_schema = json(r#","schema":{"type":"object"}"#);
        assert_eq!(to_schema.system.as_deref(), Some(RESHAPE_TO_SCHEMA));
        assert_eq!(said(&to_schema), [("user", " {{x}}\r\n")]);
        assert_eq!(json("").system.as_deref(), Some(RESHAPE_TO_JSON));
    }

    #[test]
    fn a_provoker_never_changes_the_block() {
        let template = template(r#"[{"role":"assistant","content":"r"}]"#);
        let prompt = Prompt::build(&template, &values(), Some("block")).unwrap().with_provoker("p");
        assert_eq!(said(&prompt), [("user", "block"), ("assistant", "r"), ("user", "p")]);
    }
}
