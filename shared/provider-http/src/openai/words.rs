//! The text of an answer: which parts of which messages count (providers.md, Decoding 2).

use stet_domain::Json;

use crate::fields::{list, text};

/// What the messages of an answer say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// All text, joined.
    pub(super) text: String,
    /// The last message alone, where several have text.
    pub(super) last_message_text: Option<String>,
    /// The words of a refusal.
    pub(super) refusal: Option<String>,
}

/// The messages that count: where phases are told, only those of the final answer.
pub(super) fn messages(output: &[Json]) -> Vec<&Json> {
    let all = || output.iter().filter(|item| text(item, "type") == Some("message"));
    let has_phases = all().any(|message| text(message, "phase").is_some());
    all().filter(|message| !has_phases || text(message, "phase") == Some("final_answer")).collect()
}

/// Reads the messages that count.
pub(super) fn read(messages: &[&Json]) -> Words {
    let mut words = Words::default();
    let mut last = None;
    let mut with_text = 0_usize;
    for message in messages {
        let mut said = String::new();
        for part in list(message, "content") {
            match text(part, "type") {
                Some("output_text") => said.push_str(text(part, "text").unwrap_or_default()),
                Some("refusal") => {
                    words.refusal.get_or_insert_default().push_str(text(part, "refusal").unwrap_or_default());
                }
                _ => {}
            }
        }
        if !said.is_empty() {
            words.text.push_str(&said);
            last = Some(said);
            with_text += 1;
        }
    }
    words.last_message_text = last.filter(|_| with_text > 1);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(output: &str) -> Words {
        let output = Json::parse(output.as_bytes()).unwrap();
        read(&messages(output.as_array().unwrap()))
    }

    #[test]
    fn parts_and_messages_join_in_order() {
        let words = said(
            r#"[{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]},
                {"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"c"}]}]"#,
        );
        assert_eq!((words.text.as_str(), words.last_message_text.as_deref()), ("abc", Some("c")));
        assert_eq!(words.refusal, None);
    }

    #[test]
    fn one_message_of_several_parts_has_no_last_message() {
        let words = said(
            r#"[{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]}]"#,
        );
        assert_eq!((words.text.as_str(), words.last_message_text), ("ab", None));
    }

    #[test]
    fn where_phases_are_told_only_the_final_answer_counts() {
        let words = said(
            r#"[{"type":"message","phase":"commentary","content":[{"type":"output_text","text":"let me see"}]},
                {"type":"message","phase":"final_answer","content":[{"type":"output_text","text":"42"}]}]"#,
        );
        assert_eq!(words.text, "42");
        assert_eq!(words.last_message_text, None);
    }

    #[test]
    fn a_refusal_is_told_apart_from_text() {
        let words =
            said(r#"[{"type":"message","content":[{"type":"refusal","refusal":"No."},{"type":"new"}]}]"#);
        assert_eq!((words.text.as_str(), words.refusal.as_deref()), ("", Some("No.")));
    }
}
