//! Identifiers: 128-bit ULIDs with a prefix that says what they name, and the org's slug.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

/// A text that is no identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is no {kind} id: expected {expected}")]
pub struct InvalidId {
    /// What the text should have named.
    pub kind: &'static str,
    /// The refused text, at most 64 characters of it.
    pub value: String,
    /// The form that is accepted.
    pub expected: &'static str,
}

impl InvalidId {
    fn new(kind: &'static str, value: &str, expected: &'static str) -> Self {
        Self { kind, value: value.chars().take(64).collect(), expected }
    }
}

macro_rules! ulid_id {
    ($name:ident, $kind:literal, $prefix:literal) => {
        #[doc = concat!("The id of a ", $kind, ": `", $prefix, "` and the 26 characters of a ULID.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Ulid);

        impl $name {
            /// The id from its 16 bytes, as stored.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid(u128::from_be_bytes(bytes)))
            }

            /// The 16 bytes that are stored; their order is the ids' order.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.0.to_be_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let refused = || {
                    InvalidId::new($kind, text, concat!($prefix, " and 26 characters of Crockford base32"))
                };
                let ulid = text.strip_prefix($prefix).ok_or_else(refused)?;
                let id = Ulid::from_string(ulid).map(Self).map_err(|_unreadable| refused())?;
                // One id has one spelling: base32 readers accept lower case and look-alikes, identities do not.
                if id.to_string() == text { Ok(id) } else { Err(refused()) }
            }
        }
    };
}

ulid_id!(TemplateId, "template", "tpl_");
ulid_id!(BatchId, "batch", "bat_");
ulid_id!(RunId, "run", "run_");
ulid_id!(ScheduleId, "schedule", "sch_");
ulid_id!(AuditId, "entry of the audit log", "aud_");

/// The slug of an org: `[a-z][a-z0-9-]{0,62}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(String);

impl OrgId {
    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrgId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let head = text.starts_with(|c: char| c.is_ascii_lowercase());
        let tail = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if head && tail && text.len() <= 63 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId::new(
                "org",
                text,
                "a lower-case letter, then at most 62 letters, digits and hyphens",
            ))
        }
    }
}

/// The public part of an API key: 16 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(String);

impl ApiKeyId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ApiKeyId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let hex = text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        if hex && text.len() == 16 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId::new("API key", text, "16 lower-case hexadecimal digits"))
        }
    }
}

/// The name of one start of one process: host, process id and a ULID, so that no restart inherits another's leases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incarnation(pub String);

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a claim of a run or of a preflight; a later claim has a greater one, and a write carries its own (reliability.md rule 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_exactly_one_spelling() {
        let id = TemplateId(Ulid(0x0190_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(id.to_string().parse::<TemplateId>(), Ok(id));
        assert_eq!(TemplateId::from_bytes(id.to_bytes()), id);
        assert!(id.to_string().to_lowercase().parse::<TemplateId>().is_err());
        assert!(id.to_string().replace("tpl_", "run_").parse::<TemplateId>().is_err());
    }

    #[test]
    fn an_org_is_a_short_slug() {
        assert!("default".parse::<OrgId>().is_ok());
        for refused in ["", "1a", "A", "a_b", &"a".repeat(64)] {
            assert!(refused.parse::<OrgId>().is_err(), "{refused:?}");
        }
    }
}
