//! Expanded schemas with shared parts: equal ones are stored once, with the size and depth that they have when written.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::json::{Json, Members, write_string};

/// An expanded value in the arena; equal values have equal ids.
pub(super) type Id = usize;

/// An expanded value; its parts are other values of the arena.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Verbatim(Json),
    Array(Vec<Id>),
    /// In canonical order.
    Object(Vec<(String, Id)>),
    /// An object with more members, that references may replace: so a large target is not copied for each of them.
    Schema {
        structure: Id,
        /// Sorted by key.
        annotations: Vec<(String, Id)>,
    },
}

/// Values that are built from the bottom up, so that their written size is known before anything is written.
#[derive(Default)]
pub(super) struct Arena {
    entries: Vec<Entry>,
    ids: HashMap<Node, Id, BuildHasherDefault<DefaultHasher>>,
}

struct Entry {
    node: Node,
    bytes: usize,
    depth: usize,
}

impl Arena {
    /// Stores a value, or finds the equal one that is stored already.
    pub(super) fn add(&mut self, node: Node) -> Id {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let (bytes, depth) = match &node {
            Node::Verbatim(value) => (value.to_canonical_bytes().len(), value.depth()),
            Node::Array(elements) => self.measure(elements.iter().map(|id| (0, *id))),
            Node::Object(members) => self.measure(members.iter().map(|(key, id)| (written_key(key), *id))),
            Node::Schema { structure, annotations } => {
                let (added, depth) =
                    self.measure(annotations.iter().map(|(key, id)| (written_key(key), *id)));
                self.joined(*structure, added, depth)
            }
        };
        let id = self.entries.len();
        self.ids.insert(node.clone(), id);
        self.entries.push(Entry { node, bytes, depth });
        id
    }

    /// The bytes of the written value; saturates far beyond every bound.
    pub(super) fn bytes(&self, id: Id) -> usize {
        self.entries[id].bytes
    }

    /// The depth of the written value.
    pub(super) fn depth(&self, id: Id) -> usize {
        self.entries[id].depth
    }

    /// Writes a value out. Its size is to be checked before.
    pub(super) fn build(&self, id: Id) -> Json {
        match &self.entries[id].node {
            Node::Verbatim(value) => value.clone(),
            Node::Array(elements) => Json::Array(elements.iter().map(|id| self.build(*id)).collect()),
            Node::Object(members) => {
                Json::Object(members.iter().map(|(key, id)| (key.clone(), self.build(*id))).collect())
            }
            Node::Schema { structure, annotations } => {
                let own = match self.build(*structure) {
                    Json::Object(members) => members,
                    _ => Members::new(),
                };
                let annotations = annotations.iter().map(|(key, id)| (key.clone(), self.build(*id)));
                Json::Object(own.into_iter().chain(annotations).collect())
            }
        }
    }

    /// Two objects as one: a pair of brackets less, a comma more where both have members.
    fn joined(&self, structure: Id, added: usize, depth: usize) -> (usize, usize) {
        const EMPTY: usize = 2;
        let comma = usize::from(self.bytes(structure) > EMPTY && added > EMPTY);
        let bytes = self.bytes(structure).saturating_add(added - EMPTY).saturating_add(comma);
        (bytes, depth.max(self.depth(structure)))
    }

    fn measure(&self, parts: impl Iterator<Item = (usize, Id)>) -> (usize, usize) {
        let (mut bytes, mut depth, mut count) = (2_usize, 0, 0_usize);
        for (key, id) in parts {
            bytes = bytes.saturating_add(key).saturating_add(self.bytes(id));
            depth = depth.max(self.depth(id));
            count += 1;
        }
        (bytes.saturating_add(count.saturating_sub(1)), depth + 1)
    }
}

/// The bytes of a key and its colon.
fn written_key(key: &str) -> usize {
    let mut bytes = Vec::with_capacity(key.len() + 2);
    write_string(key, &mut bytes);
    bytes.len() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_depths_are_those_of_the_written_value() {
        let mut arena = Arena::default();
        let leaf = arena.add(Node::Verbatim(Json::parse(br#"{"a":[1.5,"\n"]}"#).unwrap()));
        let array = arena.add(Node::Array(vec![leaf, leaf, leaf]));
        let empty = arena.add(Node::Array(Vec::new()));
        let object = arena.add(Node::Object(vec![("b".to_owned(), empty), ("é\"".to_owned(), array)]));
        let nothing = arena.add(Node::Object(Vec::new()));
        let mut schema = |structure, annotations: &[&str]| {
            let annotations = annotations.iter().map(|key| ((*key).to_owned(), leaf)).collect();
            arena.add(Node::Schema { structure, annotations })
        };
        let schemas = [
            schema(object, &["title"]),
            schema(object, &[]),
            schema(nothing, &["default", "title"]),
            schema(nothing, &[]),
        ];
        for id in schemas.into_iter().chain([leaf, array, empty, object, nothing]) {
            let built = arena.build(id);
            assert_eq!(arena.bytes(id), built.to_canonical_bytes().len());
            assert_eq!(arena.depth(id), built.depth());
        }
        assert_eq!(arena.add(Node::Array(vec![leaf, leaf, leaf])), array);
    }

    #[test]
    fn doubling_costs_nothing_and_saturates() {
        let mut arena = Arena::default();
        let mut id = arena.add(Node::Verbatim(Json::Bool(true)));
        for _ in 0..200 {
            id = arena.add(Node::Array(vec![id, id]));
        }
        assert_eq!(arena.bytes(id), usize::MAX);
    }
}
