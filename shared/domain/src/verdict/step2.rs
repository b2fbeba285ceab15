//! What a reshaping step came to (providers.md, Requests 2).

use super::identity::Offence;
use crate::answer::Answer;

/// The end of a reshaping step that was asked.
#[derive(Debug, Clone, Copy)]
pub enum Step2<'a> {
    /// It was answered.
    Answered(&'a Answer),
    /// It brought no answer: why.
    Unanswered(&'a Offence),
}

impl<'a> Step2<'a> {
    pub(super) const fn answer(self) -> Option<&'a Answer> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Unanswered(_) => None,
        }
    }
}
