//! `vectors/inputs.json`: submitted inputs against what a template declares (vectors/README.md).

use serde_json::Value;
use stet_domain::Json;
use stet_domain::inputs::Inputs;
use stet_domain::template::Template;

fn template(declared: &str) -> Template {
    let config = format!(
        r#"{{"provider":"openai","model_version_constraint":"m-1","messages":[{{"role":"user","content":"x"}}],"inputs":{declared}}}"#
    );
    Template::parse(config.as_bytes()).unwrap()
}

#[test]
fn every_vector_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/inputs.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!((&file["version"], &file["form"]), (&Value::from(1), &Value::from("inputs")));
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 30, "{}", vectors.len());
    for vector in vectors {
        let name = &vector["name"];
        let template = template(vector["input"]["declared"].as_str().unwrap());
        let values = Json::parse(vector["input"]["values"].as_str().unwrap().as_bytes()).unwrap();
        match (Inputs::resolve(&template, Some(&values)), vector.get("error")) {
            (Ok(inputs), None) => {
                assert_eq!(std::str::from_utf8(inputs.canonical()).unwrap(), vector["expected"], "{name}");
                assert_eq!(inputs.sha256().to_string(), vector["sha256"], "{name}");
            }
            (Err(errors), Some(code)) => {
                assert_eq!(errors[0].code.as_str(), code, "{name}");
                assert_eq!(errors[0].pointer, vector["pointer"], "{name}");
            }
            (outcome, expected) => panic!("{name}: {outcome:?}, expected error {expected:?}"),
        }
    }
}
