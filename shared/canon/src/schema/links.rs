//! The second pass: where references lead, and that none leads back.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::document::{Document, Place};
use super::keyword::{BesideRef, Keyword};
use crate::json::{Json, Members};
use crate::refusal::Code;

/// The annotations beside references, by name.
pub(super) type Annotations<'a> = BTreeMap<&'a str, &'a Json>;

/// Where a position with a `$ref` leads.
#[derive(Clone)]
pub(super) struct Link<'a> {
    /// What stands at the end of the chain of references.
    pub(super) end: &'a Json,
    /// The annotations beside the references, the outermost of each name.
    pub(super) annotations: Rc<Annotations<'a>>,
    /// The outermost reference that has annotations beside it.
    pub(super) annotated: Option<&'a Json>,
}

/// The links of every reference that can be reached from the root.
pub(super) type Links<'a> = BTreeMap<Place, Link<'a>>;

/// A position on the way from the root.
struct Frame<'a> {
    schema: &'a Json,
    /// The reference that led here; nothing for a part of the position before.
    reference: Option<&'a Json>,
    /// The positions that this one contains or refers to, and the references to them.
    next: std::vec::IntoIter<(&'a Json, Option<&'a Json>)>,
    /// The annotations beside its `$ref`.
    beside: Annotations<'a>,
}

/// Walks over all positions that can be reached from the root, each once.
///
/// It needs no more stack than its own vector: a chain of references may be as long as the document.
pub(super) fn of<'a>(document: &mut Document<'a>) -> Links<'a> {
    let mut links = Links::new();
    let mut on_the_way: BTreeSet<Place> = BTreeSet::new();
    let mut passed: BTreeSet<Place> = BTreeSet::new();
    let mut way = Vec::new();
    let mut entered = Some((document.root, None));
    loop {
        if let Some((schema, reference)) = entered.take() {
            on_the_way.insert(std::ptr::from_ref(schema));
            way.push(frame(document, schema, reference));
        }
        let Some(here) = way.last_mut() else { return links };
        let Some((schema, reference)) = here.next.next() else {
            let place = std::ptr::from_ref(here.schema);
            on_the_way.remove(&place);
            passed.insert(place);
            leave(&mut way, &mut links);
            continue;
        };
        let place = std::ptr::from_ref(schema);
        if on_the_way.contains(&place) {
            let last = reference.or_else(|| way.iter().rev().find_map(|frame| frame.reference));
            let message = "the reference leads back to itself";
            document.refuse::<()>(Code::SchemaRecursiveRef, message, last.unwrap_or(schema));
        } else if passed.contains(&place) {
            if reference.is_some() {
                link(way.last(), schema, &mut links);
            }
        } else {
            entered = Some((schema, reference));
        }
    }
}

/// Leaves the last position; the one before may be a reference to it.
fn leave<'a>(way: &mut Vec<Frame<'a>>, links: &mut Links<'a>) {
    if let Some(Frame { schema, reference: Some(_), .. }) = way.pop() {
        link(way.last(), schema, links);
    }
}

/// Links a position to the target of its reference, whose own link is known.
fn link<'a>(from: Option<&Frame<'a>>, target: &'a Json, links: &mut Links<'a>) {
    let Some(Frame { schema, beside, .. }) = from else { return };
    let itself = || Link { end: target, annotations: Rc::default(), annotated: None };
    let mut link = links.get(&std::ptr::from_ref(target)).cloned().unwrap_or_else(itself);
    if !beside.is_empty() {
        let mut annotations = (*link.annotations).clone();
        annotations.extend(beside);
        link = Link { annotations: Rc::new(annotations), annotated: schema.get("$ref"), ..link };
    }
    links.insert(std::ptr::from_ref(*schema), link);
}

fn frame<'a>(document: &mut Document<'a>, schema: &'a Json, reference: Option<&'a Json>) -> Frame<'a> {
    let mut beside = Annotations::new();
    let next = match (schema.as_object(), schema.get("$ref")) {
        (Some(members), Some(own)) => {
            let target = annotations(document, members, own).and_then(|annotations| {
                beside = annotations;
                document.resolve(own)
            });
            target.into_iter().map(|target| (target, Some(own))).collect()
        }
        (Some(members), None) => contained(members),
        (None, _) => Vec::new(),
    };
    Frame { schema, reference, next: next.into_iter(), beside }
}

/// The schema positions that an object contains, in document order; those of dropped keywords do not count.
fn contained(members: &Members) -> Vec<(&Json, Option<&Json>)> {
    let mut positions = Vec::new();
    for (name, value) in members.iter() {
        match Keyword::of(name) {
            Keyword::Schema => positions.push((value, None)),
            Keyword::SchemaList | Keyword::SchemaSet | Keyword::SchemaBag => {
                positions.extend(value.as_array().into_iter().flatten().map(|schema| (schema, None)));
            }
            Keyword::SchemaMap => {
                let schemas = value.as_object().into_iter().flat_map(Members::iter);
                positions.extend(schemas.map(|(_, schema)| (schema, None)));
            }
            Keyword::StringSet
            | Keyword::Type
            | Keyword::Enum
            | Keyword::StringSetMap
            | Keyword::Ref
            | Keyword::Anchor
            | Keyword::Dropped(_)
            | Keyword::Unsupported
            | Keyword::Verbatim(_) => {}
        }
    }
    positions
}

/// The annotations beside a `$ref`; anything else but dropped keywords is a conflict.
fn annotations<'a>(
    document: &mut Document<'a>,
    members: &'a Members,
    reference: &'a Json,
) -> Option<Annotations<'a>> {
    let mut annotations = Annotations::new();
    for (name, value) in members.iter() {
        match Keyword::of(name) {
            Keyword::Verbatim(BesideRef::Replaces) => {
                annotations.insert(name, value);
            }
            Keyword::Ref => {}
            keyword if keyword.is_dropped() => {}
            _ => {
                let message = format!("`{name}` cannot stand beside `$ref`");
                return document.refuse(Code::SchemaRefConflict, message, reference);
            }
        }
    }
    Some(annotations)
}
