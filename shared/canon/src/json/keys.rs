//! The keys of an object while it is read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::order::by_utf16;

/// Objects of at most this many members are searched for duplicates one by one.
const SMALL: usize = 12;

/// Members that most objects have at most.
const TYPICAL: usize = 8;

/// Keys in the order of the document: tells duplicates as they come, and whether the object must be sorted.
#[derive(Default)]
pub(crate) struct Keys<'a> {
    read: Vec<Cow<'a, str>>,
    index: BTreeSet<Cow<'a, str>>,
    unsorted: bool,
}

impl<'a> Keys<'a> {
    /// Adds the next key; `false` where it is a duplicate.
    pub(crate) fn push(&mut self, key: Cow<'a, str>) -> bool {
        let in_order = self.read.last().is_none_or(|last| by_utf16(last, &key).is_lt());
        if self.unsorted || !in_order {
            // While keys come in ascending order none can be a duplicate, and nothing needs an index.
            if self.holds(&key) {
                return false;
            }
            self.unsorted = true;
            if !self.index.is_empty() {
                self.index.insert(key.clone());
            }
        }
        if self.read.is_empty() {
            self.read.reserve(TYPICAL);
        }
        self.read.push(key);
        true
    }

    fn holds(&mut self, key: &str) -> bool {
        if self.read.len() <= SMALL {
            return self.read.iter().any(|known| known == key);
        }
        if self.index.is_empty() {
            self.index = self.read.iter().cloned().collect();
        }
        self.index.contains(key)
    }

    /// The order in which the members are to be written, or nothing if they came in it.
    pub(crate) fn permutation(&self) -> Option<Vec<usize>> {
        self.unsorted.then(|| {
            let mut order: Vec<usize> = (0..self.read.len()).collect();
            order.sort_unstable_by(|left, right| by_utf16(&self.read[*left], &self.read[*right]));
            order
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascending_keys_need_no_sorting() {
        let mut keys = Keys::default();
        assert!(["a", "b", "c"].into_iter().all(|key| keys.push(key.into())));
        assert_eq!(keys.permutation(), None);
        assert!(!keys.push("b".into()));
    }

    #[test]
    fn duplicates_are_found_in_small_and_large_objects() {
        let mut keys = Keys::default();
        for number in (0..100).rev() {
            assert!(keys.push(format!("{number:02}").into()));
        }
        for number in 0..100 {
            assert!(!keys.push(format!("{number:02}").into()), "{number}");
        }
        assert_eq!(keys.permutation(), Some((0..100).rev().collect()));
    }
}
