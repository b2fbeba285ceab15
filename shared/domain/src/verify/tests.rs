use secrecy::SecretString;
use ulid::Ulid;

use super::*;
use crate::Locale;
use crate::als::{AlsBlock, MAX_BLOCK_CHARS};
use crate::answer::{Answer, Finish, SearchEvidence};
use crate::citation::{Citation, CitationClass};
use crate::clock::Timestamp;
use crate::drift::DriftPolicy;
use crate::echo::EchoDigests;
use crate::ids::{BatchId, Fence, OrgId, RunId, TemplateId};
use crate::inputs::Inputs;
use crate::lock::Observation;
use crate::mode::GroundingMode;
use crate::provenance::{ApiFacts, Asked, Came, Provenance};
use crate::record::{RecordKeys, RunRecord, Seal, TemplateRecord};
use crate::run::RunStatus;
use crate::template::Template;
use crate::usage::TokenUsage;
use crate::verdict::{Standard, Step2, Verdict, judge};

const KEYS: &str = "r1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Everything that a run's record borrows from.
struct World {
    org: OrgId,
    template: Template,
    inputs: Inputs,
    als: AlsBlock,
    citations: Vec<Citation>,
    step1_text: Option<Vec<u8>>,
    verdict: Verdict,
    provenance: Provenance,
    keys: RecordKeys,
}

fn answer() -> Answer {
    let citation = Citation {
        url_raw: "https://example.no/a?utm_source=openai".into(),
        url: "https://example.no/a".into(),
        title: Some("A".into()),
        domain: Some("example.no".into()),
        class: CitationClass::WebPage,
        span: None,
    };
    Answer {
        finish: Finish::Complete,
        text: "{\"rate\": 19.0}".into(),
        last_message_text: None,
        observed: Some(Observation { model_version: "m-2026-01-02".into(), model_fingerprint: None }),
        model_version_raw: None,
        service_tier: None,
        echo: None,
        search: SearchEvidence {
            performed: true,
            has_sources: true,
            citations: vec![citation],
            ..SearchEvidence::default()
        },
        usage: TokenUsage { input: Some(9), ..TokenUsage::default() },
        response_id: None,
    }
}

fn world() -> World {
    world_with(None)
}

/// The same with what its answer was reshaped to.
fn world_with(reshaped: Option<&Answer>) -> World {
    let config = br#"{"provider":"openai","model_version_constraint":"m-2026-01-02","messages":[{"role":"user","content":"{{c}}"}],
        "inputs":{"c":{"type":"string","default":"DE"}},"output":{"format":"json"},"als":{"template_id":"t","catalog":"v1","seed_key_id":"k1"}}"#;
    let template = Template::parse(config).unwrap();
    let ring = crate::keyring::tests::ring(&["k1"]);
    let als = crate::als::block(&ring, template.als.as_ref().unwrap(), "de-DE", MAX_BLOCK_CHARS);
    let als = als.unwrap().unwrap();
    let inputs = Inputs::resolve(&template, None).unwrap();
    let standard = Standard {
        template: &template,
        schema: None,
        mode: GroundingMode::Required,
        lock: None,
        lock_version: None,
        lock_echo: EchoDigests::default(),
        drift_policy: DriftPolicy::Hard,
    };
    let answer = answer();
    let verdict = judge(&standard, &answer, reshaped.map(Step2::Answered));
    let api = ApiFacts { name: "responses".into(), version: "v1".into(), region: None };
    let asked = Asked {
        template_sha256: template.sha256(),
        inputs_sha256: inputs.sha256(),
        provider: template.provider,
        api: Some(&api),
        lock_version: None,
        locale: "de-DE".parse().unwrap(),
        locale_index: Some(3),
        grounding_mode: GroundingMode::Required,
        replicate_index: Some(7),
        als: Some(&als),
        provoker_value: None,
    };
    let step1_text = reshaped.map(|_| answer.text.clone().into_bytes());
    let citations = answer.search.citations;
    let provenance = Provenance::of(&asked, &Came::Answer { verdict: &verdict, citations: &citations });
    World {
        org: "default".parse().unwrap(),
        template,
        inputs,
        als,
        citations,
        step1_text,
        verdict,
        provenance,
        keys: RecordKeys::parse(&SecretString::from(KEYS)).unwrap(),
    }
}

impl World {
    fn record(&self) -> RunRecord<'_> {
        let output = self.verdict.output.as_ref().unwrap();
        RunRecord {
            org: &self.org,
            id: RunId(Ulid(1)),
            template: TemplateId(Ulid(2)),
            batch: Some(BatchId(Ulid(3))),
            batch_run_index: 12,
            rerun_index: 0,
            locale: "de-DE".parse::<Locale>().unwrap(),
            locale_index: 3,
            grounding_mode: GroundingMode::Required,
            replicate_index: 7,
            inputs: self.inputs.canonical(),
            inputs_sha256: self.inputs.sha256(),
            status: self.verdict.status,
            fence: Fence(2),
            retry_index: 1,
            crash_count: 0,
            lock_epoch: Some(1),
            created_at: Timestamp(1),
            finished_at: Timestamp(2),
            error_code: self.verdict.error_code,
            error_detail: None,
            drift_kind: None,
            model_version_effective: Some("m-2026-01-02"),
            model_fingerprint: None,
            search_performed: Some(true),
            grounded_effective: Some(true),
            why_not_grounded: None,
            output: Some(output.text.as_bytes()),
            step1_text: self.step1_text.as_deref(),
            response_output_sha256: Some(output.sha256),
            output_json_valid: output.json_valid,
            als_block_text: Some(&self.als.text),
            als_block_sha256: Some(self.als.sha256),
            als_variant_id: Some(&self.als.variant_id),
            usage: TokenUsage { input: Some(9), ..TokenUsage::default() },
            citations: &self.citations,
            exchanges: b"[]",
            provenance: &self.provenance.canonical,
            run_sha256: self.provenance.run_sha256,
        }
    }

    fn seal(&self) -> Seal {
        self.record().seal(&self.keys)
    }

    fn verify(&self, record: &RunRecord<'_>, seal: &Seal) -> Result<(), Disagreement> {
        let context = RunContext { template: &self.template, template_sha256: self.template.sha256() };
        verify_run(record, &context, &self.keys, seal)
    }
}

#[test]
fn an_honest_run_verifies() {
    let world = world();
    assert_eq!(world.verdict.status, RunStatus::Succeeded);
    assert_eq!(world.verify(&world.record(), &world.seal()), Ok(()));
    assert_eq!(world.seal().key_id, "r1");
}

#[test]
fn the_first_changed_field_is_named() {
    let world = world();
    let (record, seal) = (world.record(), world.seal());
    let named = |changed: RunRecord<'_>| world.verify(&changed, &seal).unwrap_err().field;
    let other = stet_canon::Digest::of(b"other");
    assert_eq!(named(RunRecord { inputs: b"{}", ..record }), "inputs_sha256");
    assert_eq!(named(RunRecord { output: Some(b"{\"rate\": 7}"), ..record }), "response_output_sha256");
    assert_eq!(named(RunRecord { output: None, ..record }), "response_output_sha256");
    assert_eq!(named(RunRecord { output: Some(b"\xff"), ..record }), "output");
    assert_eq!(named(RunRecord { als_block_text: Some("x"), ..record }), "als_block_sha256");
    assert_eq!(named(RunRecord { als_block_text: None, ..record }), "als_block_sha256");
    assert_eq!(named(RunRecord { provenance: b"{}", ..record }), "run_sha256");
    assert_eq!(named(RunRecord { run_sha256: other, ..record }), "run_sha256");
    assert_eq!(named(RunRecord { model_version_effective: Some("m"), ..record }), "model_version_effective");
    assert_eq!(named(RunRecord { model_fingerprint: Some("f"), ..record }), "model_fingerprint");
    assert_eq!(named(RunRecord { locale: Locale::None, ..record }), "locale_selected");
    assert_eq!(named(RunRecord { locale_index: 4, ..record }), "locale_index");
    assert_eq!(named(RunRecord { grounding_mode: GroundingMode::Preferred, ..record }), "grounding_mode");
    assert_eq!(named(RunRecord { grounded_effective: Some(false), ..record }), "grounded_effective");
    assert_eq!(named(RunRecord { status: RunStatus::Failed, ..record }), "status");
    assert_eq!(named(RunRecord { citations: &[], ..record }), "citations_sha256");
    assert_eq!(named(RunRecord { output_json_valid: None, ..record }), "output_json_valid");
}

#[test]
fn the_text_of_step_1_is_held_to_the_reference() {
    let reshaped = Answer { search: SearchEvidence::default(), ..answer() };
    let world = world_with(Some(&reshaped));
    let (record, seal) = (world.record(), world.seal());
    assert_eq!(record.status, RunStatus::Succeeded);
    assert_eq!(world.verify(&record, &seal), Ok(()));
    let named = |changed: RunRecord<'_>, seal: &Seal| world.verify(&changed, seal).unwrap_err().field;
    assert_eq!(named(RunRecord { step1_text: Some(b"other"), ..record }, &seal), "step2_source_ref");
    assert_eq!(named(RunRecord { step1_text: None, ..record }, &seal), "step2_source_ref");
    // A record without a text has no such member: what was sealed before verifies as it did.
    let without = RunRecord { step1_text: None, ..record };
    assert_ne!(without.sha256(), record.sha256());
    let single = world_with(None);
    let added = RunRecord { step1_text: Some(b"added"), ..single.record() };
    assert_eq!(single.verify(&added, &single.seal()).unwrap_err().field, "step2_source_ref");
}

#[test]
fn a_success_shows_no_tool_in_its_second_step() {
    // Search and citation of the first answer: every sign of a tool.
    let world = world_with(Some(&answer()));
    let record = world.record();
    assert_eq!(record.error_code, Some(ErrorCode::Step2ToolsInvoked));
    assert_eq!(world.verify(&record, &world.seal()), Ok(()));
    let covered = String::from_utf8(record.provenance.to_vec()).unwrap();
    let hidden = covered.replace(r#""step2_tools_invoked":true"#, r#""step2_tools_invoked":false"#);
    let lied = |provenance: &str, changed: RunRecord<'_>| {
        let run_sha256 = stet_canon::Digest::of(provenance.as_bytes());
        let changed = RunRecord { provenance: provenance.as_bytes(), run_sha256, ..changed };
        world.verify(&changed, &changed.seal(&world.keys)).unwrap_err().field
    };
    assert_eq!(lied(&hidden, record), "step2_tools_invoked");
    let passed = covered
        .replace(r#""status":"failed""#, r#""status":"succeeded""#)
        .replace(r#""error_code":"STEP2_TOOLS_INVOKED""#, r#""error_code":null"#);
    let succeeded = RunRecord { status: RunStatus::Succeeded, error_code: None, ..record };
    assert_eq!(lied(&passed, succeeded), "step2_tools_invoked");
}

#[test]
fn what_no_hash_covers_is_under_the_hmac() {
    let world = world();
    let (record, seal) = (world.record(), world.seal());
    let broken = |changed: RunRecord<'_>| world.verify(&changed, &seal).unwrap_err().code.as_str();
    let org: OrgId = "other".parse().unwrap();
    let mut moved = world.citations.clone();
    moved[0].url_raw.push('x');
    for changed in [
        RunRecord { org: &org, ..record },
        RunRecord { id: RunId(Ulid(9)), ..record },
        RunRecord { template: TemplateId(Ulid(9)), ..record },
        RunRecord { batch: Some(BatchId(Ulid(9))), ..record },
        RunRecord { batch_run_index: 13, ..record },
        RunRecord { rerun_index: 1, ..record },
        RunRecord { fence: Fence(3), ..record },
        RunRecord { retry_index: 0, ..record },
        RunRecord { crash_count: 1, ..record },
        RunRecord { lock_epoch: None, ..record },
        RunRecord { created_at: Timestamp(5), ..record },
        RunRecord { finished_at: Timestamp(5), ..record },
        RunRecord { error_detail: Some("x"), ..record },
        RunRecord { usage: TokenUsage::default(), ..record },
        RunRecord { citations: &moved, ..record },
        RunRecord { exchanges: b"[{}]", ..record },
        // Another spelling of the same JSON has the same output hash.
        RunRecord { output: Some(b"{\"rate\":19}"), ..record },
    ] {
        assert_eq!(broken(changed), "HMAC_MISMATCH", "{changed:?}");
    }
    let unknown = Seal { key_id: "r2".into(), ..seal.clone() };
    assert_eq!(world.verify(&record, &unknown).unwrap_err().code.as_str(), "RECORD_KEY_UNKNOWN");
}

#[test]
fn a_run_without_an_answer_verifies_too() {
    let world = world();
    let asked = Asked {
        template_sha256: world.template.sha256(),
        inputs_sha256: world.inputs.sha256(),
        provider: world.template.provider,
        api: None,
        lock_version: None,
        locale: Locale::None,
        locale_index: None,
        grounding_mode: GroundingMode::Ungrounded,
        replicate_index: None,
        als: None,
        provoker_value: None,
    };
    let provenance = Provenance::of(&asked, &Came::Nothing { error_code: ErrorCode::ProviderTimeout });
    let record = RunRecord {
        batch: None,
        locale: Locale::None,
        grounding_mode: GroundingMode::Ungrounded,
        status: RunStatus::Failed,
        error_code: Some(ErrorCode::ProviderTimeout),
        model_version_effective: None,
        search_performed: None,
        grounded_effective: None,
        output: None,
        response_output_sha256: None,
        output_json_valid: None,
        als_block_text: None,
        als_block_sha256: None,
        als_variant_id: None,
        citations: &[],
        provenance: &provenance.canonical,
        run_sha256: provenance.run_sha256,
        ..world.record()
    };
    assert_eq!(world.verify(&record, &record.seal(&world.keys)), Ok(()));
}

#[test]
fn a_template_row_verifies_and_names_what_was_changed() {
    let world = world();
    let canonical = world.template.canonical_bytes();
    let record = TemplateRecord {
        org: &world.org,
        id: TemplateId(Ulid(2)),
        name: "VAT",
        template_sha256: world.template.sha256(),
        canonical: &canonical,
        provider: world.template.provider,
        model_version_constraint: &world.template.model_version_constraint,
        created_by: "0123456789abcdef",
        created_at: Timestamp(1),
    };
    let seal = record.seal(&world.keys);
    let verify = |record: &TemplateRecord<'_>| verify_template(record, &world.keys, &seal);
    assert_eq!(verify(&record).as_ref(), Ok(&world.template));
    let named = |changed: TemplateRecord<'_>| verify(&changed).unwrap_err().field;
    assert_eq!(named(TemplateRecord { canonical: b"{}", ..record }), "template_sha256");
    let spaced = [canonical.as_slice(), b" "].concat();
    let sha256 = stet_canon::Digest::of(&spaced);
    assert_eq!(named(TemplateRecord { canonical: &spaced, template_sha256: sha256, ..record }), "canonical");
    let empty = stet_canon::Digest::of(b"{}");
    assert_eq!(named(TemplateRecord { canonical: b"{}", template_sha256: empty, ..record }), "canonical");
    assert_eq!(named(TemplateRecord { provider: crate::Provider::Gemini, ..record }), "provider");
    assert_eq!(named(TemplateRecord { model_version_constraint: "m", ..record }), "model_version_constraint");
    assert_eq!(named(TemplateRecord { name: "other", ..record }), "record_hmac");
    assert_eq!(named(TemplateRecord { created_by: "other", ..record }), "record_hmac");
}
