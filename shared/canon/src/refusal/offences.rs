//! The offences of one document, collected.

use super::{Code, Refusal};

/// Offences that are collected of one document; a document with more is not worth a longer answer.
pub const MAX_OFFENCES: usize = 100;

/// Offences in the order in which they were found, each once, at most [`MAX_OFFENCES`].
#[derive(Debug, Default)]
pub(crate) struct Offences(Vec<Refusal>);

impl Offences {
    /// Adds what is wrong at `pointer`; returns nothing, so that a reader can end with it.
    pub(crate) fn add<T>(&mut self, code: Code, message: impl Into<String>, pointer: &str) -> Option<T> {
        self.push(Refusal::at_pointer(code, message, pointer));
        None
    }

    pub(crate) fn push(&mut self, refusal: Refusal) {
        if self.0.len() < MAX_OFFENCES && !self.0.contains(&refusal) {
            self.0.push(refusal);
        }
    }

    pub(crate) fn extend(&mut self, refusals: Vec<Refusal>) {
        for refusal in refusals {
            self.push(refusal);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.0.len() == MAX_OFFENCES
    }

    pub(crate) fn into_vec(self) -> Vec<Refusal> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offences_are_unique_and_bounded() {
        let mut offences = Offences::default();
        assert!(offences.is_empty());
        assert_eq!(offences.add::<()>(Code::Empty, "nothing", "/a"), None);
        offences.extend(vec![Refusal::at_pointer(Code::Empty, "nothing", "/a")]);
        assert_eq!(offences.0.len(), 1);
        for index in 0..2 * MAX_OFFENCES {
            offences.add::<()>(Code::Empty, "nothing", &format!("/{index}"));
        }
        assert!(offences.is_full());
        assert_eq!(offences.into_vec().len(), MAX_OFFENCES);
    }
}
