//! What the value of a keyword is, at a schema position.

/// What a keyword's value is and how its canonical form is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// A schema.
    Schema,
    /// An array of schemas whose order means something.
    SchemaList,
    /// An array of schemas that is sorted and deduplicated.
    SchemaSet,
    /// An array of schemas that is sorted; two equal ones mean something.
    SchemaBag,
    /// An object of schemas.
    SchemaMap,
    /// A set of strings.
    StringSet,
    /// A string, or a set of strings.
    Type,
    /// A set of any values.
    Enum,
    /// An object of sets of strings.
    StringSetMap,
    /// A local reference.
    Ref,
    /// The name of a place for references.
    Anchor,
    /// Gone once references are resolved.
    Dropped(Dropped),
    /// Refused.
    Unsupported,
    /// Kept verbatim; the flag tells whether it may stand beside a reference.
    Verbatim(BesideRef),
}

/// What is asked of a keyword that is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    /// `$comment`: anything.
    Comment,
    /// `$schema`: the one dialect.
    Dialect,
    /// `$id`: at the root only.
    Id,
    /// `$defs`: an object of schemas.
    Definitions,
}

/// Whether a keyword may stand beside `$ref`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BesideRef {
    /// An annotation: it replaces that of the reference's target.
    Replaces,
    /// Anything else would add to the target: it is a conflict.
    Conflicts,
}

impl Keyword {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "items"
            | "contains"
            | "additionalProperties"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "propertyNames"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contentSchema" => Self::Schema,
            "prefixItems" => Self::SchemaList,
            "allOf" | "anyOf" => Self::SchemaSet,
            "oneOf" => Self::SchemaBag,
            "properties" | "patternProperties" | "dependentSchemas" => Self::SchemaMap,
            "required" => Self::StringSet,
            "type" => Self::Type,
            "enum" => Self::Enum,
            "dependentRequired" => Self::StringSetMap,
            "$ref" => Self::Ref,
            "$anchor" => Self::Anchor,
            "$comment" => Self::Dropped(Dropped::Comment),
            "$schema" => Self::Dropped(Dropped::Dialect),
            "$id" => Self::Dropped(Dropped::Id),
            "$defs" => Self::Dropped(Dropped::Definitions),
            "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" | "$recursiveAnchor" | "$vocabulary"
            | "definitions" => Self::Unsupported,
            "title" | "description" | "default" | "examples" | "deprecated" | "readOnly" | "writeOnly" => {
                Self::Verbatim(BesideRef::Replaces)
            }
            _ => Self::Verbatim(BesideRef::Conflicts),
        }
    }

    /// Whether the keyword is no part of the canonical schema.
    pub(super) const fn is_dropped(self) -> bool {
        matches!(self, Self::Dropped(_) | Self::Anchor)
    }
}

/// Whether `uri` names draft 2020-12; one trailing `#` is allowed.
pub(super) fn is_dialect(uri: &str) -> bool {
    uri.strip_suffix('#').unwrap_or(uri) == "https://json-schema.org/draft/2020-12/schema"
}
