//! The members of a JSON object.

use super::Json;
use super::order::by_utf16;

/// Members sorted by the UTF-16 code units of their keys, each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Members(Vec<(String, Json)>);

impl Members {
    /// No members.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The members that the parser has already sorted and found to be without duplicates.
    pub(super) fn from_sorted(members: Vec<(String, Json)>) -> Self {
        debug_assert!(members.is_sorted_by(|left, right| by_utf16(&left.0, &right.0).is_lt()));
        Self(members)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.find(key).ok().map(|at| &self.0[at].1)
    }

    /// Whether there is a member `key`.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// Sets `key` to `value` and returns the value that it replaces.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Json>) -> Option<Json> {
        let key = key.into();
        match self.find(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value.into())),
            Err(at) => {
                self.0.insert(at, (key, value.into()));
                None
            }
        }
    }

    /// Takes the member `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        self.find(key).ok().map(|at| self.0.remove(at).1)
    }

    /// The members in canonical order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The keys in canonical order.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// How many members there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(candidate, _)| by_utf16(candidate, key))
    }
}

/// Of equal keys the last one wins: what comes from outside is parsed, where a duplicate is refused.
impl<K: Into<String>, V: Into<Json>> FromIterator<(K, V)> for Members {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(members: T) -> Self {
        let mut sorted: Vec<(String, Json)> =
            members.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        sorted.sort_by(|left, right| by_utf16(&left.0, &right.0));
        sorted.dedup_by(|later, earlier| {
            let equal = later.0 == earlier.0;
            if equal {
                std::mem::swap(later, earlier);
            }
            equal
        });
        Self(sorted)
    }
}

impl IntoIterator for Members {
    type Item = (String, Json);
    type IntoIter = std::vec::IntoIter<(String, Json)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_sorted_and_unique_however_they_come() {
        let members: Members =
            [("b", 1_i64), ("\u{e000}", 2), ("a", 3), ("\u{10000}", 4), ("b", 5)].into_iter().collect();
        assert_eq!(members.keys().collect::<Vec<_>>(), ["a", "b", "\u{10000}", "\u{e000}"]);
        assert_eq!(members.get("b"), Some(&Json::from(5_i64)));

        let mut other = Members::new();
        assert!(other.is_empty());
        for key in ["\u{e000}", "b", "a", "\u{10000}"] {
            assert_eq!(other.insert(key, members.get(key).unwrap().clone()), None);
        }
        assert_eq!(other, members);
        assert_eq!(other.insert("a", 9_i64), Some(Json::from(3_i64)));
        assert_eq!(other.remove("a"), Some(Json::from(9_i64)));
        assert!(!other.contains_key("a"));
        assert_eq!(other.len(), 3);
    }
}
