//! The members of a closed object.

use crate::json::{Json, Members};
use crate::pointer;
use crate::refusal::{Code, Offences, shown};

/// An object that knows all its members; an explicit `null` is an absent member.
pub(super) struct Fields<'a> {
    members: Option<&'a Members>,
    pointer: String,
}

impl<'a> Fields<'a> {
    /// Opens an object, or an absent one; members outside of `known` are offences.
    pub(super) fn open(
        value: Option<&'a Json>,
        known: &[&str],
        pointer: &str,
        offences: &mut Offences,
    ) -> Option<Self> {
        let members = match value {
            None => None,
            Some(Json::Object(members)) => Some(members),
            Some(other) => return wrong_type("an object", other, pointer, offences),
        };
        for key in members.into_iter().flat_map(Members::keys).filter(|key| !known.contains(key)) {
            offences.add::<()>(
                Code::UnknownField,
                format!("there is no field {} here; known are {}", shown(key), known.join(", ")),
                &pointer::join(pointer, key),
            );
        }
        Some(Self { members, pointer: pointer.to_owned() })
    }

    /// The member's value; nothing where it is absent or `null`.
    pub(super) fn get(&self, name: &str) -> Option<&'a Json> {
        self.members?.get(name).filter(|value| !value.is_null())
    }

    /// The pointer of a member.
    pub(super) fn at(&self, name: &str) -> String {
        pointer::join(&self.pointer, name)
    }

    /// Reads a member that may be absent.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        offences: &mut Offences,
        read: impl FnOnce(&'a Json, &str, &mut Offences) -> Option<T>,
    ) -> Option<T> {
        read(self.get(name)?, &self.at(name), offences)
    }

    /// Reads a member that must be there.
    pub(super) fn required<T>(
        &self,
        name: &str,
        offences: &mut Offences,
        read: impl FnOnce(&'a Json, &str, &mut Offences) -> Option<T>,
    ) -> Option<T> {
        match self.get(name) {
            Some(value) => read(value, &self.at(name), offences),
            None => offences.add(Code::MissingField, "the field is required", &self.at(name)),
        }
    }
}

/// The offence of a value of another JSON type than `wanted`.
pub(super) fn wrong_type<T>(wanted: &str, found: &Json, pointer: &str, offences: &mut Offences) -> Option<T> {
    let found = found.type_name();
    offences.add(Code::WrongType, format!("{wanted} must stand here, not a value of type {found}"), pointer)
}
