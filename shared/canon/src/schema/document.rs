//! A submitted schema and what is known of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::Json;
use crate::pointer;
use crate::refusal::{Code, Offences};

/// The identity of a value within its document: its address.
pub(super) type Place = *const Json;

/// A submitted schema, the offences found in it, and its anchors.
pub(super) struct Document<'a> {
    pub(super) root: &'a Json,
    prefix: &'a str,
    pub(super) offences: Offences,
    pub(super) anchors: BTreeMap<&'a str, &'a Json>,
    /// Whether what is checked are the positions as submitted: only those define anchors.
    pub(super) submitted: bool,
    /// Schema positions that are checked already.
    pub(super) checked: BTreeSet<Place>,
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Json, prefix: &'a str) -> Self {
        Self {
            root,
            prefix,
            offences: Offences::default(),
            anchors: BTreeMap::new(),
            submitted: true,
            checked: BTreeSet::new(),
        }
    }

    /// Refuses the value `at`, which is part of the document.
    pub(super) fn refuse<T>(&mut self, code: Code, message: impl Into<String>, at: &Json) -> Option<T> {
        if self.offences.is_full() {
            return None;
        }
        // Pointers are found when they are needed: most documents need none, and a deep one would need long ones.
        let mut pointer = self.prefix.to_owned();
        find(self.root, at, &mut pointer);
        self.offences.add(code, message, &pointer)
    }
}

/// Extends `pointer`, which names `node`, to name `wanted`; `false` and unchanged where that is no part of `node`.
fn find(node: &Json, wanted: &Json, pointer: &mut String) -> bool {
    if std::ptr::eq(node, wanted) {
        return true;
    }
    let length = pointer.len();
    let mut step = |token: String, child: &Json| {
        pointer.push_str(&token);
        let found = find(child, wanted, pointer);
        if !found {
            pointer.truncate(length);
        }
        found
    };
    match node {
        Json::Array(elements) => {
            elements.iter().enumerate().any(|(index, element)| step(pointer::index("", index), element))
        }
        Json::Object(members) => members.iter().any(|(key, value)| step(pointer::join("", key), value)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}
