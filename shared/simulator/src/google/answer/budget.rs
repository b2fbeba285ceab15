//! The token budget of an answer.

use super::{CHARS_PER_TOKEN, Draft};
use crate::google::ask::Ask;
use crate::scenario::{AnswerShape, Then};

impl Draft {
    /// Counts tokens and cuts what the budget, or the scenario, does not let through. Thoughts are paid from the same
    /// budget, and first.
    pub(super) fn keep_to_budget(&mut self, ask: &Ask<'_>, then: &Then) {
        let chars: usize = self.texts.iter().map(|text| text.chars().count()).sum();
        let wanted = chars.div_ceil(CHARS_PER_TOKEN) as u64;
        let budget = ask.config.max_output_tokens.unwrap_or(u64::MAX);
        let room = match then.answer {
            Some(AnswerShape::ReasoningOnly) => {
                self.tokens.thoughts = ask.config.max_output_tokens.unwrap_or(self.tokens.thoughts);
                Some(0)
            }
            Some(AnswerShape::Incomplete) => Some(wanted / 2),
            _ if self.tokens.thoughts.saturating_add(wanted) > budget => {
                self.tokens.thoughts = self.tokens.thoughts.min(budget);
                Some(budget - self.tokens.thoughts)
            }
            _ => None,
        };
        self.tokens.answer = room.unwrap_or(wanted).min(wanted);
        if let Some(room) = room {
            "MAX_TOKENS".clone_into(&mut self.finish_reason);
            self.cut(usize::try_from(room).unwrap_or(usize::MAX).saturating_mul(CHARS_PER_TOKEN));
        }
    }

    /// Leaves so many characters of text; a part that gets none is left out.
    fn cut(&mut self, mut room: usize) {
        for text in &mut self.texts {
            let kept: String = text.chars().take(room).collect();
            room -= kept.chars().count();
            *text = kept;
        }
        self.texts.retain(|text| !text.is_empty());
        let length: usize = self.texts.iter().map(String::len).sum();
        self.marks.retain(|mark| mark.end <= length);
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::Json;

    use super::*;
    use crate::draw::Draw;
    use crate::google::surface::Target;
    use crate::scenario::Scenario;

    fn draft(config: &str, then: &Then) -> Draft {
        let question = "Which bank is best? ".repeat(300);
        let body =
            format!(r#"{{"contents":[{{"parts":[{{"text":"{question}"}}]}}],"generationConfig":{config}}}"#);
        let body = Json::parse(body.as_bytes()).unwrap();
        let scenario = Scenario::default();
        let ask = Ask::read(&body, &Target::developer("gemini-2.5-flash"), &scenario).unwrap();
        Draft::of(&ask, then, &Draw::of_words(1, config))
    }

    #[test]
    fn thoughts_are_paid_first() {
        let roomy = draft("{}", &Then::default());
        assert_eq!((roomy.finish_reason.as_str(), roomy.texts.len()), ("STOP", 1));
        assert!(roomy.tokens.thoughts >= 64 && roomy.tokens.answer > 0);

        let thoughtful = draft(r#"{"maxOutputTokens":32}"#, &Then::default());
        assert_eq!((thoughtful.finish_reason.as_str(), thoughtful.texts.len()), ("MAX_TOKENS", 0));
        assert_eq!((thoughtful.tokens.thoughts, thoughtful.tokens.answer), (32, 0));

        let quick = draft(r#"{"maxOutputTokens":3,"thinkingConfig":{"thinkingBudget":0}}"#, &Then::default());
        assert_eq!((quick.texts[0].chars().count(), quick.tokens.answer), (3 * CHARS_PER_TOKEN, 3));
    }

    #[test]
    fn a_cut_answer_keeps_half_of_its_text() {
        let then = Then { answer: Some(AnswerShape::Incomplete), ..Then::default() };
        let (whole, half) = (draft("{}", &Then::default()), draft("{}", &then));
        assert_eq!(half.finish_reason, "MAX_TOKENS");
        assert_eq!(half.tokens.answer, whole.tokens.answer / 2);
        assert!(whole.texts[0].starts_with(&half.texts[0]) && half.texts[0].len() < whole.texts[0].len());
    }

    #[test]
    fn long_prompts_come_from_a_cache_now_and_then() {
        let cached = |seed: i64| draft(&format!(r#"{{"seed":{seed}}}"#), &Then::default()).tokens.cached;
        let hits: Vec<u64> = (0..40).map(cached).filter(|cached| *cached > 0).collect();
        assert!((4..24).contains(&hits.len()) && hits.iter().all(|cached| *cached == 1_024), "{hits:?}");
    }
}
