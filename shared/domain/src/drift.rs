//! What a batch does when an observation differs from its lock, and how observations differ.

use crate::lock::Observation;
use crate::names::names;
use crate::rules::names_a_snapshot;

names! {
    /// What the batch does with a drifted result (system.md, "A batch" 5).
    pub enum DriftPolicy {
        /// Quarantine the result and pause the batch.
        Hard = "hard",
        /// Fail the run and go on.
        Fail = "fail",
        /// Keep the result, flagged.
        Warn = "warn",
    }
}

names! {
    /// How an observation differs from the lock in force (providers.md, "Version, fingerprint, drift").
    pub enum DriftKind {
        /// The effective model version differs.
        VersionChanged = "version_changed",
        /// Both sides carry a fingerprint and they differ.
        FingerprintChanged = "fingerprint_changed",
        /// The echoed defaults or tool settings differ.
        EchoChanged = "echo_changed",
    }
}

names! {
    /// By what a silent change of a locked model would show (providers.md, "Version, fingerprint, drift").
    pub enum DriftEvidence {
        /// Answers carry a fingerprint, which is compared.
        Fingerprint = "fingerprint",
        /// The version names a snapshot: another one answers under another name.
        Snapshot = "snapshot",
        /// The version names none and no fingerprint is offered: nothing on the wire would show it, and nothing here claims otherwise.
        Unverifiable = "unverifiable",
    }
}

impl DriftEvidence {
    /// What there is for a lock of that observation.
    #[must_use]
    pub fn of(observed: &Observation) -> Self {
        if observed.model_fingerprint.is_some() {
            Self::Fingerprint
        } else if names_a_snapshot(&observed.model_version) {
            Self::Snapshot
        } else {
            Self::Unverifiable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undated_model_without_a_fingerprint_is_unverifiable() {
        let evidence = |version: &str, fingerprint: Option<&str>| {
            DriftEvidence::of(&Observation {
                model_version: version.to_owned(),
                model_fingerprint: fingerprint.map(str::to_owned),
            })
        };
        for (version, expected) in [
            ("gpt-5.4-2026-03-05", DriftEvidence::Snapshot),
            ("gpt-4-0613", DriftEvidence::Snapshot),
            ("gemini-2.0-flash-001", DriftEvidence::Snapshot),
            ("gemini-2.5-flash-preview-05-20", DriftEvidence::Snapshot),
            ("gemini-2.5-flash", DriftEvidence::Unverifiable),
            ("gpt-5.6-sol", DriftEvidence::Unverifiable),
            ("o3", DriftEvidence::Unverifiable),
        ] {
            assert_eq!(evidence(version, None), expected, "{version}");
            assert_eq!(evidence(version, Some("fp_1")), DriftEvidence::Fingerprint, "{version}");
        }
    }
}
