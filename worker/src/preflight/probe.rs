//! What the probe asks.

use stet_domain::echo::echoes;
use stet_domain::mode::GroundingMode;
use stet_domain::{Digest, template::Role};
use stet_ops::rows::PreflightClaim;
use stet_provider::{Call, OutputForm, Search, Turn};

use crate::templates::Prepared;

/// The least that OpenAI takes; an answer cut short by it names the model all the same (providers.md).
const PROBE_OUTPUT_TOKENS: u32 = 16;
/// What the probe says: its answer is not looked at.
const PROBE_TEXT: &str = "Reply with OK.";

/// A minimal generation with the template's own settings; the tool that the batch's cells will be offered goes along where answers echo it.
pub(super) fn probe(prepared: &Prepared, claim: &PreflightClaim) -> Call {
    let template = &prepared.template;
    let mut generation = template.generation.clone();
    generation.max_output_tokens = Some(PROBE_OUTPUT_TOKENS);
    generation.stop.clear();
    let grounded = claim.row.grounding_modes.iter().any(|mode| match mode {
        GroundingMode::Ungrounded => false,
        GroundingMode::Preferred | GroundingMode::Required => true,
    });
    let search = (grounded && echoes(template.provider)).then(|| Search {
        // Offered and not demanded: a probe has nothing to search for.
        mode: GroundingMode::Preferred,
        context_size: template.grounding.search_context_size,
        allowed_domains: template.grounding.allowed_domains.clone(),
        country: None,
    });
    // No retry count: repeats of one probe are one request to the provider's logs (providers.md, Requests 5).
    let named = format!("preflight:{}", claim.row.batch_sha256);
    Call {
        model: template.model_version_constraint.clone(),
        system: None,
        turns: vec![Turn { role: Role::User, content: PROBE_TEXT.to_owned() }],
        generation,
        output: OutputForm::Text,
        search,
        client_request_id: Digest::of(named.as_bytes()),
        trace: None,
    }
}
