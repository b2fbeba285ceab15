//! What `batch_sha256` covers.

use std::collections::BTreeSet;

use crate::digest::Digest;
use crate::json::{Json, Members};
use crate::region::Locale;

/// The order in which grounding modes stand (canonical.md §5).
const MODES: [&str; 3] = ["UNGROUNDED", "PREFERRED", "REQUIRED"];

/// The facts of `batch_sha256` (canonical.md §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchIdentity {
    /// The template's digest.
    pub template_sha256: Digest,
    /// The locales of the grid.
    pub locales: BTreeSet<Locale>,
    /// The grounding modes of the grid, in any order; written in the order UNGROUNDED, PREFERRED, REQUIRED, each once.
    pub grounding_modes: Vec<String>,
    /// Replicates of each point of the grid.
    pub replicates: u64,
    /// The digest of the inputs.
    pub inputs_sha256: Digest,
    /// `hard`, `fail` or `warn`.
    pub drift_policy: String,
}

impl BatchIdentity {
    /// The object that is hashed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let members: Members = [
            ("template_sha256", Json::from(self.template_sha256)),
            ("locales", self.locales.iter().map(ToString::to_string).collect()),
            ("grounding_modes", self.ordered_modes()),
            ("replicates", self.replicates.into()),
            ("inputs_sha256", self.inputs_sha256.into()),
            ("drift_policy", Json::from(&self.drift_policy)),
        ]
        .into_iter()
        .collect();
        members.into()
    }

    /// `batch_sha256`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.to_json().digest()
    }

    fn ordered_modes(&self) -> Json {
        let mut modes = self.grounding_modes.clone();
        // A mode that is not of the three stands behind them: the digest must not lose it.
        modes.sort_by_key(|mode| {
            (MODES.iter().position(|known| known == mode).unwrap_or(MODES.len()), mode.clone())
        });
        modes.dedup();
        modes.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_stand_in_their_order() {
        let identity = BatchIdentity {
            template_sha256: Digest::of(b"t"),
            locales: ["none", "de-DE", "en-UK"].iter().map(|locale| locale.parse().unwrap()).collect(),
            grounding_modes: vec!["REQUIRED".into(), "UNGROUNDED".into(), "REQUIRED".into()],
            replicates: 3,
            inputs_sha256: Digest::of(b"{}"),
            drift_policy: "hard".into(),
        };
        let expected = format!(
            r#"{{"drift_policy":"hard","grounding_modes":["UNGROUNDED","REQUIRED"],"inputs_sha256":"{}","locales":["de-DE","en-GB","none"],"replicates":3,"template_sha256":"{}"}}"#,
            Digest::of(b"{}"),
            Digest::of(b"t"),
        );
        assert_eq!(identity.to_json().to_canonical_string(), expected);
        assert_eq!(identity.digest(), Digest::of(expected.as_bytes()));
    }
}
