//! The provenance of a run: all that `run_sha256` covers, from typed parts (canonical.md §5).

use stet_canon::Digest;
use stet_canon::identity::{Citation as HashedCitation, CitationsIdentity, RunIdentity};

use crate::als::AlsBlock;
use crate::citation::Citation;
use crate::code::ErrorCode;
use crate::mode::GroundingMode;
use crate::run::RunStatus;
use crate::verdict::Verdict;
use crate::{Locale, Provider};

/// Which interface was called; absent where no call was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiFacts {
    /// The interface, such as `responses`.
    pub name: String,
    /// Its version, such as `v1`.
    pub version: String,
    /// The region of the endpoint, where the provider has regions.
    pub region: Option<String>,
}

/// What a run was asked to do, known before any call.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The template's digest.
    pub template_sha256: Digest,
    /// The inputs' digest.
    pub inputs_sha256: Digest,
    /// The provider.
    pub provider: Provider,
    /// The interface; `None` for a run that failed before any call.
    pub api: Option<&'a ApiFacts>,
    /// The version that an operator accepted for the lock's epoch.
    pub lock_version: Option<&'a str>,
    /// The cell's locale.
    pub locale: Locale,
    /// Its place in the batch; `None` for a single run.
    pub locale_index: Option<u32>,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// `None` for a single run.
    pub replicate_index: Option<u32>,
    /// The block that was sent, where one was.
    pub als: Option<&'a AlsBlock>,
    /// The provoker, where its try was made and its answer is the one judged.
    pub provoker_value: Option<&'a str>,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub enum Came<'a> {
    /// An answer, judged, with its citations.
    Answer {
        /// The judgement.
        verdict: &'a Verdict,
        /// The citations of the answer that the evidence is of.
        citations: &'a [Citation],
    },
    /// No answer: the run failed with this code.
    Nothing {
        /// Why.
        error_code: ErrorCode,
    },
}

/// The canonical bytes of a run's identity and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The canonical JSON (canonical.md §2) that is stored.
    pub canonical: Vec<u8>,
    /// `run_sha256`.
    pub run_sha256: Digest,
}

impl Provenance {
    /// The provenance of a terminal run.
    #[must_use]
    pub fn of(asked: &Asked<'_>, came: &Came<'_>) -> Self {
        let canonical = identity(asked, came).to_json().to_canonical_bytes();
        Self { run_sha256: Digest::of(&canonical), canonical }
    }
}

/// `citations_sha256`: title, URL without tracking and domain, in the answer's order.
#[must_use]
pub fn citations_sha256(citations: &[Citation]) -> Digest {
    let hashed: Vec<HashedCitation> = citations
        .iter()
        .map(|citation| HashedCitation {
            title: citation.title.clone(),
            url: Some(citation.url.clone()),
            domain: citation.domain.clone(),
        })
        .collect();
    CitationsIdentity { citations: &hashed }.digest()
}

fn identity(asked: &Asked<'_>, came: &Came<'_>) -> RunIdentity {
    let (status, error_code, verdict, citations) = match came {
        Came::Answer { verdict, citations } => {
            (verdict.status, verdict.error_code, Some(*verdict), Some(citations_sha256(citations)))
        }
        Came::Nothing { error_code } => (RunStatus::Failed, Some(*error_code), None, None),
    };
    let observed = verdict.and_then(|verdict| verdict.observed.as_ref());
    let grounding = verdict.map(|verdict| verdict.grounding);
    let output = verdict.and_then(|verdict| verdict.output.as_ref());
    RunIdentity {
        template_sha256: asked.template_sha256,
        inputs_sha256: asked.inputs_sha256,
        provider: asked.provider.to_string(),
        provider_api: asked.api.map(|api| api.name.clone()),
        provider_api_version: asked.api.map(|api| api.version.clone()),
        region: asked.api.and_then(|api| api.region.clone()),
        model_version_effective: observed.map(|seen| seen.model_version.clone()),
        model_fingerprint: observed.and_then(|seen| seen.model_fingerprint.clone()),
        lock_version: asked.lock_version.map(str::to_owned),
        drift_kind: verdict.and_then(|verdict| verdict.drift_kind).map(|kind| kind.to_string()),
        locale_selected: Some(asked.locale.to_string()),
        locale_index: asked.locale_index.map(u64::from),
        grounding_mode: asked.grounding_mode.to_string(),
        search_performed: grounding.map(|grounding| grounding.search_performed),
        grounded_effective: grounding.map(|grounding| grounding.grounded_effective),
        why_not_grounded: grounding
            .and_then(|grounding| grounding.why_not_grounded)
            .map(|why| why.to_string()),
        citations_sha256: citations,
        replicate_index: asked.replicate_index.map(u64::from),
        seed_key_id: asked.als.map(|block| block.seed_key_id.clone()),
        als_block_text: asked.als.map(|block| block.text.clone()),
        als_block_sha256: asked.als.map(|block| block.sha256),
        als_variant_id: asked.als.map(|block| block.variant_id.clone()),
        provoker_value: asked.provoker_value.map(str::to_owned),
        response_output_sha256: output.map(|output| output.sha256),
        output_json_valid: output.and_then(|output| output.json_valid),
        json_from_last_message: output.and_then(|output| output.from_last_message),
        step2_tools_invoked: verdict.and_then(|verdict| verdict.step2_tools_invoked),
        step2_source_ref: verdict.and_then(|verdict| verdict.step2_source_ref.clone()),
        status: status.to_string(),
        error_code: error_code.map(|code| code.to_string()),
    }
}
