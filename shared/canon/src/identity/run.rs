//! What `run_sha256` covers.

use crate::digest::Digest;
use crate::json::{Json, Members};

/// The facts of `run_sha256` (canonical.md §5): nothing that differs between two honest executions of the same thing.
///
/// A failed run gives the last decoded answer, else nothing; a cancelled run has no identity. Absent facts are `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunIdentity {
    /// The template's digest.
    pub template_sha256: Digest,
    /// The digest of the inputs.
    pub inputs_sha256: Digest,
    /// The vendor.
    pub provider: String,
    /// The vendor's API that was called.
    pub provider_api: Option<String>,
    /// The version of that API.
    pub provider_api_version: Option<String>,
    /// The API region (Vertex location).
    pub region: Option<String>,
    /// The model version that answered.
    pub model_version_effective: Option<String>,
    /// The fingerprint that the answer carried.
    pub model_fingerprint: Option<String>,
    /// The version of the lock, where one other than the template's constraint was accepted.
    pub lock_version: Option<String>,
    /// How the observation differs from the lock in force.
    pub drift_kind: Option<String>,
    /// The cell's locale in canonical spelling.
    pub locale_selected: Option<String>,
    /// The index of the locale in the grid.
    pub locale_index: Option<u64>,
    /// The cell's grounding mode.
    pub grounding_mode: String,
    /// Whether the provider searched.
    pub search_performed: Option<bool>,
    /// Whether the answer rests on evidence.
    pub grounded_effective: Option<bool>,
    /// Why it does not.
    pub why_not_grounded: Option<String>,
    /// The digest of the citations.
    pub citations_sha256: Option<Digest>,
    /// The cell's replicate.
    pub replicate_index: Option<u64>,
    /// The key id of the template's ALS seed.
    pub seed_key_id: Option<String>,
    /// The ALS block that was sent.
    pub als_block_text: Option<String>,
    /// The digest of the block's UTF-8.
    pub als_block_sha256: Option<Digest>,
    /// The variant of the block: `<locale>/<index>`.
    pub als_variant_id: Option<String>,
    /// The provoker that was appended for another try.
    pub provoker_value: Option<String>,
    /// The digest of the output.
    pub response_output_sha256: Option<Digest>,
    /// Whether a JSON output is valid; absent for text.
    pub output_json_valid: Option<bool>,
    /// Whether the JSON was taken from the last of several messages.
    pub json_from_last_message: Option<bool>,
    /// Whether the reshaping step used a tool, which it must not.
    pub step2_tools_invoked: Option<bool>,
    /// What the reshaping step was given.
    pub step2_source_ref: Option<String>,
    /// The terminal status.
    pub status: String,
    /// The error of a failed run.
    pub error_code: Option<String>,
}

impl RunIdentity {
    /// The object that is hashed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let members: Members = self.provenance().into_iter().chain(self.outcome()).collect();
        members.into()
    }

    /// `run_sha256`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.to_json().digest()
    }

    /// What was run, with what, and by whom.
    fn provenance(&self) -> [(&'static str, Json); 18] {
        [
            ("template_sha256", self.template_sha256.into()),
            ("inputs_sha256", self.inputs_sha256.into()),
            ("provider", Json::from(&self.provider)),
            ("provider_api", self.provider_api.clone().into()),
            ("provider_api_version", self.provider_api_version.clone().into()),
            ("region", self.region.clone().into()),
            ("model_version_effective", self.model_version_effective.clone().into()),
            ("model_fingerprint", self.model_fingerprint.clone().into()),
            ("lock_version", self.lock_version.clone().into()),
            ("drift_kind", self.drift_kind.clone().into()),
            ("locale_selected", self.locale_selected.clone().into()),
            ("locale_index", self.locale_index.into()),
            ("grounding_mode", Json::from(&self.grounding_mode)),
            ("replicate_index", self.replicate_index.into()),
            ("seed_key_id", self.seed_key_id.clone().into()),
            ("als_block_text", self.als_block_text.clone().into()),
            ("als_block_sha256", self.als_block_sha256.into()),
            ("als_variant_id", self.als_variant_id.clone().into()),
        ]
    }

    /// What came of it.
    fn outcome(&self) -> [(&'static str, Json); 12] {
        [
            ("search_performed", self.search_performed.into()),
            ("grounded_effective", self.grounded_effective.into()),
            ("why_not_grounded", self.why_not_grounded.clone().into()),
            ("citations_sha256", self.citations_sha256.into()),
            ("provoker_value", self.provoker_value.clone().into()),
            ("response_output_sha256", self.response_output_sha256.into()),
            ("output_json_valid", self.output_json_valid.into()),
            ("json_from_last_message", self.json_from_last_message.into()),
            ("step2_tools_invoked", self.step2_tools_invoked.into()),
            ("step2_source_ref", self.step2_source_ref.clone().into()),
            ("status", Json::from(&self.status)),
            ("error_code", self.error_code.clone().into()),
        ]
    }
}
