//! Checks of the server's secrets: what a database was served with before.

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// It keys ALS seeds.
    Als,
    /// It keys record HMACs.
    Record,
    /// API keys are hashed under it.
    Pepper,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Als, Self::Record, Self::Pepper];

    /// The kind as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Als => "als",
            Self::Record => "record",
            Self::Pepper => "pepper",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// A key by its id, and a MAC by which another secret under the same id is told; of the secret itself it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    /// What the secret is for.
    pub kind: KeyKind,
    /// The key's id among those of its kind.
    pub key_id: String,
    /// A MAC of a fixed message under the secret.
    pub mac: [u8; 32],
}

impl KeyCheck {
    /// Whether both are of the same key, whatever its secret.
    #[must_use]
    pub fn is_of_key_of(&self, other: &Self) -> bool {
        (self.kind, &self.key_id) == (other.kind, &other.key_id)
    }
}
