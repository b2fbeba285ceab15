//! The third pass: references inlined, sets sorted.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::MAX_SCHEMA_BYTES;
use super::arena::{Arena, Id, Node};
use super::document::{Document, Place};
use super::keyword::{BesideRef, Keyword};
use super::links::{Annotations, Link, Links};
use crate::json::order::SetKey;
use crate::json::{Json, MAX_DEPTH, Members};
use crate::refusal::Code;

/// The expanded canonical schema of a document in which the passes before found nothing.
pub(super) fn root<'a>(document: &mut Document<'a>, links: Links<'a>) -> Option<Json> {
    let root = document.root;
    let mut expander = Expander {
        document,
        arena: Arena::default(),
        links,
        positions: BTreeMap::new(),
        structures: BTreeMap::new(),
        annotations: BTreeMap::new(),
    };
    let id = expander.schema(root, 0)?;
    if expander.arena.bytes(id) > MAX_SCHEMA_BYTES {
        return expander.too_large();
    }
    Some(expander.arena.build(id))
}

/// Expands each part of a document once, however often it is referred to; what was refused is nothing.
struct Expander<'d, 'a> {
    document: &'d mut Document<'a>,
    arena: Arena,
    links: Links<'a>,
    /// Schema positions.
    positions: BTreeMap<Place, Option<Id>>,
    /// What an object has beside the annotations that a reference may replace.
    structures: BTreeMap<Place, Option<Id>>,
    /// The values of those annotations.
    annotations: BTreeMap<Place, Id>,
}

impl<'a> Expander<'_, 'a> {
    /// Expands the schema at a position below `depth` open brackets.
    fn schema(&mut self, schema: &'a Json, depth: usize) -> Option<Id> {
        let place = std::ptr::from_ref(schema);
        if let Some(known) = self.positions.get(&place) {
            return self.within_depth((*known)?, depth);
        }
        let id = self.position(schema, depth);
        self.positions.insert(place, id);
        self.within_depth(id?, depth)
    }

    fn within_depth(&mut self, id: Id, depth: usize) -> Option<Id> {
        if depth + self.arena.depth(id) > MAX_DEPTH { self.too_deep() } else { Some(id) }
    }

    fn position(&mut self, schema: &'a Json, depth: usize) -> Option<Id> {
        let itself = Link { end: schema, annotations: Rc::default(), annotated: None };
        let link = self.links.get(&std::ptr::from_ref(schema)).cloned().unwrap_or(itself);
        match (link.end, link.annotated) {
            (Json::Object(members), _) if depth < MAX_DEPTH => {
                let structure = self.structure(link.end, members, depth + 1)?;
                Some(self.object(structure, members, &link.annotations))
            }
            (Json::Object(_), _) => self.too_deep(),
            (_, Some(reference)) => {
                let message = "a boolean schema takes no annotations";
                self.document.refuse(Code::SchemaRefConflict, message, reference)
            }
            (other, None) => Some(self.arena.add(Node::Verbatim(other.clone()))),
        }
    }

    /// Expands an object's keywords, `depth` counting its own bracket.
    fn structure(&mut self, object: &'a Json, members: &'a Members, depth: usize) -> Option<Id> {
        let place = std::ptr::from_ref(object);
        if let Some(known) = self.structures.get(&place) {
            return *known;
        }
        let kept = members.iter().filter(|(name, _)| {
            let keyword = Keyword::of(name);
            !keyword.is_dropped() && keyword != Keyword::Verbatim(BesideRef::Replaces)
        });
        // Every keyword is expanded, so that every offence is found, before the schema is given up.
        let expanded: Vec<Option<(String, Id)>> = kept
            .map(|(name, value)| self.value(name, value, depth).map(|id| (name.to_owned(), id)))
            .collect();
        let members: Option<Vec<(String, Id)>> = expanded.into_iter().collect();
        let id = members.map(|members| self.arena.add(Node::Object(members)));
        self.structures.insert(place, id);
        id
    }

    /// A structure with its own annotations, or those of the references to it.
    fn object(&mut self, structure: Id, members: &'a Members, replacing: &Annotations<'a>) -> Id {
        let own =
            members.iter().filter(|(name, _)| Keyword::of(name) == Keyword::Verbatim(BesideRef::Replaces));
        let mut annotations: Annotations<'a> = own.collect();
        annotations.extend(replacing);
        let annotations = annotations
            .into_iter()
            .map(|(name, value)| {
                let place = std::ptr::from_ref(value);
                let known = self.annotations.get(&place).copied();
                let id = known.unwrap_or_else(|| self.arena.add(Node::Verbatim(value.clone())));
                self.annotations.insert(place, id);
                (name.to_owned(), id)
            })
            .collect();
        self.arena.add(Node::Schema { structure, annotations })
    }

    /// Expands the value of a keyword below `depth` open brackets.
    fn value(&mut self, name: &str, value: &'a Json, depth: usize) -> Option<Id> {
        let verbatim = match Keyword::of(name) {
            Keyword::Schema => return self.schema(value, depth),
            Keyword::SchemaList => {
                let members = self.each(value, depth)?;
                return Some(self.arena.add(Node::Array(members)));
            }
            Keyword::SchemaSet => {
                let mut members = self.each(value, depth)?;
                members.sort_unstable();
                members.dedup();
                return self.sorted(members);
            }
            Keyword::SchemaBag => {
                let members = self.each(value, depth)?;
                return self.sorted(members);
            }
            Keyword::SchemaMap => return self.map(value, depth),
            Keyword::StringSet | Keyword::Type | Keyword::Enum => set(value),
            Keyword::StringSetMap => {
                let sets = value.as_object().into_iter().flat_map(Members::iter);
                Json::Object(sets.map(|(name, names)| (name, set(names))).collect())
            }
            Keyword::Ref
            | Keyword::Anchor
            | Keyword::Unsupported
            | Keyword::Dropped(_)
            | Keyword::Verbatim(_) => value.clone(),
        };
        let id = self.arena.add(Node::Verbatim(verbatim));
        self.within_depth(id, depth)
    }

    fn each(&mut self, value: &'a Json, depth: usize) -> Option<Vec<Id>> {
        let members: Vec<Option<Id>> =
            value.as_array()?.iter().map(|schema| self.schema(schema, depth + 1)).collect();
        members.into_iter().collect()
    }

    fn map(&mut self, value: &'a Json, depth: usize) -> Option<Id> {
        let members: Vec<Option<(String, Id)>> = value
            .as_object()?
            .iter()
            .map(|(name, schema)| self.schema(schema, depth + 1).map(|id| (name.to_owned(), id)))
            .collect();
        let members = members.into_iter().collect::<Option<Vec<_>>>()?;
        Some(self.arena.add(Node::Object(members)))
    }

    /// An array of schemas in the order of a set; they are written to be compared, once it is known that they may be.
    fn sorted(&mut self, members: Vec<Id>) -> Option<Id> {
        let bytes = members.iter().fold(0_usize, |sum, id| sum.saturating_add(self.arena.bytes(*id)));
        if bytes > MAX_SCHEMA_BYTES {
            return self.too_large();
        }
        let mut keyed: Vec<(SetKey, Id)> =
            members.into_iter().map(|id| (SetKey::of(&self.arena.build(id)), id)).collect();
        keyed.sort();
        Some(self.arena.add(Node::Array(keyed.into_iter().map(|(_, id)| id).collect())))
    }

    fn too_deep<T>(&mut self) -> Option<T> {
        let message = format!("the expanded schema is nested deeper than {MAX_DEPTH}");
        self.document.refuse(Code::JsonTooDeep, message, self.document.root)
    }

    fn too_large<T>(&mut self) -> Option<T> {
        let message = format!("the expanded schema has more than {MAX_SCHEMA_BYTES} bytes");
        self.document.refuse(Code::SchemaTooLarge, message, self.document.root)
    }
}

/// A set's members sorted, each once; a value that is no array (a `type` of one string) as it is.
fn set(value: &Json) -> Json {
    let Json::Array(members) = value else { return value.clone() };
    let mut keyed: Vec<(SetKey, &Json)> = members.iter().map(|member| (SetKey::of(member), member)).collect();
    keyed.sort_by(|left, right| left.0.cmp(&right.0));
    keyed.dedup_by(|left, right| left.0 == right.0);
    keyed.into_iter().map(|(_, member)| member.clone()).collect()
}
