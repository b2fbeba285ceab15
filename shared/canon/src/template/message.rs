//! The conversation.

use std::collections::BTreeSet;

use super::fields::Fields;
use super::value::{identifier, list, one_to, word};
use super::words::words;
use crate::json::{Json, Members};
use crate::placeholder::{Piece, pieces, undeclared};
use crate::refusal::{Code, Offences};

/// Messages that a template may have.
const MAX_MESSAGES: usize = 64;

words! {
    /// Who speaks.
    Role {
        /// Instructions, before everything else.
        System = "system",
        /// The asking side.
        User = "user",
        /// The model.
        Assistant = "assistant",
    }
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, trimmed at both ends; `{{name}}` marks an input (see [`crate::placeholder`]).
    pub content: String,
}

impl Message {
    pub(super) fn to_json(&self) -> Json {
        [("role", Json::from(self.role)), ("content", Json::from(&self.content))]
            .into_iter()
            .collect::<Members>()
            .into()
    }
}

/// Reads the conversation; `declared` are the names of the inputs.
pub(super) fn messages(
    value: &Json,
    declared: &BTreeSet<String>,
    at: &str,
    offences: &mut Offences,
) -> Option<Vec<Message>> {
    let mut conversing = false;
    let messages = list(value, one_to(MAX_MESSAGES), at, offences, |value, at, offences| {
        let is_system = value.get("role").and_then(Json::as_str) == Some(Role::System.as_str());
        let message = message(value, is_system && conversing, declared, at, offences);
        conversing |= !is_system;
        message
    });
    let all_system =
        value.as_array().is_some_and(|elements| (1..=MAX_MESSAGES).contains(&elements.len())) && !conversing;
    if all_system {
        return offences.add(Code::Empty, "there are only system messages", at);
    }
    messages
}

fn message(
    value: &Json,
    late: bool,
    declared: &BTreeSet<String>,
    at: &str,
    offences: &mut Offences,
) -> Option<Message> {
    let fields = Fields::open(Some(value), &["role", "content"], at, offences)?;
    let role = fields.required("role", offences, |value, at, offences| {
        if late {
            return offences.add(Code::ValueNotAllowed, "system messages stand before all others", at);
        }
        word(value, Role::ALL, Role::as_str, at, offences)
    });
    let content = fields.required("content", offences, |value, at, offences| {
        let content = identifier(value, one_to(usize::MAX), at, offences)?;
        check_placeholders(&content, declared, at, offences);
        Some(content)
    });
    Some(Message { role: role?, content: content? })
}

fn check_placeholders(content: &str, declared: &BTreeSet<String>, at: &str, offences: &mut Offences) {
    for piece in pieces(content) {
        let refusal = match piece {
            Ok(Piece::Input(name)) if !declared.contains(name) => undeclared(name),
            Ok(Piece::Input(_) | Piece::Text(_)) => continue,
            Err(refusal) => refusal,
        };
        offences.add::<()>(refusal.code, refusal.message, at);
    }
}
