//! Identities, built from the facts of a vector through the typed builders.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use stet_canon::identity::{
    BatchIdentity, Citation, CitationsIdentity, InputsIdentity, PlanIdentity, RunIdentity,
};
use stet_canon::template::{Template, fill_inputs};
use stet_canon::{Code, Digest, Json, Members, Refusal, record};

use super::form::{Outcome, values};

pub(super) fn of(given: &Map<String, Value>) -> Outcome {
    match given["kind"].as_str().unwrap() {
        "inputs" => inputs(given),
        "batch" => batch(&Facts::parse(&given["facts"], 6)),
        "plan" => plan(&Facts::parse(&given["facts"], 3)),
        "run" => run(&Facts::parse(&given["facts"], 30)),
        "citations" => citations(&document(&given["citations"])),
        "record_hmac" => record_hmac(given),
        unknown => panic!("unknown kind {unknown}"),
    }
}

/// The facts of an identity, given as the text of an object.
struct Facts(Json);

impl Facts {
    fn parse(text: &Value, most: usize) -> Self {
        let facts = document(text);
        assert!(facts.as_object().unwrap().len() <= most);
        Self(facts)
    }

    fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.as_str().unwrap().to_owned())
    }

    fn digest(&self, name: &str) -> Option<Digest> {
        self.text(name).map(|hex| hex.parse().unwrap())
    }

    fn count(&self, name: &str) -> Option<u64> {
        self.get(name).map(|value| value.as_number().unwrap().to_u64().unwrap())
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value.as_bool().unwrap())
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let members = self.get(name).unwrap().as_array().unwrap();
        members.iter().map(|member| member.as_str().unwrap().to_owned()).collect()
    }
}

fn document(text: &Value) -> Json {
    Json::parse(text.as_str().unwrap().as_bytes()).unwrap()
}

fn outcome(json: &Json, digest: Digest) -> Outcome {
    Outcome { text: json.to_canonical_string(), digest: Some(digest) }
}

/// The inputs of a submission, resolved. Where they stand and that an absent one is `INPUT_MISSING` is the API's to say.
pub(super) fn submitted(given: &Map<String, Value>) -> Result<Json, Vec<Refusal>> {
    let declared = template(&given["declared"]).inputs;
    let submitted = match document(&given["values"]) {
        Json::Object(members) => members,
        Json::Null => Members::new(),
        _ => return Err(vec![Refusal::at_pointer(Code::WrongType, "an object must stand here", "/inputs")]),
    };
    let values = fill_inputs(&declared, &submitted).map_err(|refusals| {
        refusals
            .into_iter()
            .map(|refusal| Refusal { pointer: refusal.pointer.map(|at| format!("/inputs{at}")), ..refusal })
    });
    match values {
        Ok(values) => Ok(InputsIdentity { declared: &declared, values: &values }.to_json()),
        Err(refusals) => Err(refusals.collect()),
    }
}

fn inputs(given: &Map<String, Value>) -> Outcome {
    let template = template(&given["declared"]);
    let identity = InputsIdentity { declared: &template.inputs, values: &values(&given["values"]) };
    outcome(&identity.to_json(), identity.digest())
}

/// A template with these declared inputs.
fn template(declared: &Value) -> Template {
    let declared = declared.as_str().unwrap();
    let config = format!(
        r#"{{"provider":"openai","model_version_constraint":"m","messages":[{{"role":"user","content":"c"}}],"inputs":{declared}}}"#
    );
    Template::parse(config.as_bytes()).unwrap()
}

fn batch(facts: &Facts) -> Outcome {
    let identity = BatchIdentity {
        template_sha256: facts.digest("template_sha256").unwrap(),
        locales: facts.texts("locales").iter().map(|locale| locale.parse().unwrap()).collect(),
        grounding_modes: facts.texts("grounding_modes"),
        replicates: facts.count("replicates").unwrap(),
        inputs_sha256: facts.digest("inputs_sha256").unwrap(),
        drift_policy: facts.text("drift_policy").unwrap(),
    };
    outcome(&identity.to_json(), identity.digest())
}

fn plan(facts: &Facts) -> Outcome {
    let identity = PlanIdentity {
        batch_sha256: facts.digest("batch_sha256").unwrap(),
        cells: facts.count("cells").unwrap(),
        als_catalog_sha256: facts.digest("als_catalog_sha256"),
    };
    outcome(&identity.to_json(), identity.digest())
}

fn run(facts: &Facts) -> Outcome {
    let identity = RunIdentity {
        template_sha256: facts.digest("template_sha256").unwrap(),
        inputs_sha256: facts.digest("inputs_sha256").unwrap(),
        provider: facts.text("provider").unwrap(),
        provider_api: facts.text("provider_api"),
        provider_api_version: facts.text("provider_api_version"),
        region: facts.text("region"),
        model_version_effective: facts.text("model_version_effective"),
        model_fingerprint: facts.text("model_fingerprint"),
        lock_version: facts.text("lock_version"),
        drift_kind: facts.text("drift_kind"),
        locale_selected: facts.text("locale_selected"),
        locale_index: facts.count("locale_index"),
        grounding_mode: facts.text("grounding_mode").unwrap(),
        search_performed: facts.flag("search_performed"),
        grounded_effective: facts.flag("grounded_effective"),
        why_not_grounded: facts.text("why_not_grounded"),
        citations_sha256: facts.digest("citations_sha256"),
        replicate_index: facts.count("replicate_index"),
        seed_key_id: facts.text("seed_key_id"),
        als_block_text: facts.text("als_block_text"),
        als_block_sha256: facts.digest("als_block_sha256"),
        als_variant_id: facts.text("als_variant_id"),
        provoker_value: facts.text("provoker_value"),
        response_output_sha256: facts.digest("response_output_sha256"),
        output_json_valid: facts.flag("output_json_valid"),
        json_from_last_message: facts.flag("json_from_last_message"),
        step2_tools_invoked: facts.flag("step2_tools_invoked"),
        step2_source_ref: facts.text("step2_source_ref"),
        status: facts.text("status").unwrap(),
        error_code: facts.text("error_code"),
    };
    outcome(&identity.to_json(), identity.digest())
}

fn citations(given: &Json) -> Outcome {
    let citations: Vec<Citation> = given
        .as_array()
        .unwrap()
        .iter()
        .map(|citation| {
            let facts = Facts(citation.clone());
            Citation { title: facts.text("title"), url: facts.text("url"), domain: facts.text("domain") }
        })
        .collect();
    let identity = CitationsIdentity { citations: &citations };
    outcome(&identity.to_json(), identity.digest())
}

fn record_hmac(given: &Map<String, Value>) -> Outcome {
    let text = |name: &str| given[name].as_str().unwrap();
    let key = STANDARD.decode(text("key")).unwrap();
    let sha256 = text("sha256").parse().unwrap();
    let sealed = record::record_hmac(&key, text("org_id"), text("id"), sha256, text("created_at"));
    Digest::from_bytes(sealed).to_string().into()
}
