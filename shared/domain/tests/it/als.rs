//! `vectors/als.json`: selection and block, with cues inline (vectors/README.md).

use std::collections::BTreeMap;

use base64::Engine as _;
use secrecy::SecretString;
use serde_json::Value;
use stet_domain::als::{AlsBlock, AlsError, Cues, Keyring, MAX_BLOCK_CHARS, block_of, seed, variant_index};
use stet_domain::template::Als;

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/als.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!((&file["version"], &file["form"]), (&Value::from(1), &Value::from("als")));
    file["vectors"].as_array().unwrap().clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn keyring(secrets: &Value) -> Keyring {
    let entries: Vec<String> =
        secrets.as_object().unwrap().iter().map(|(id, secret)| format!("{id}:{}", text(secret))).collect();
    Keyring::parse(&SecretString::from(entries.join(","))).unwrap()
}

fn cues(entry: &Value) -> Cues {
    Cues {
        date: text(&entry["date"]),
        number: text(&entry["number"]),
        currency: text(&entry["currency"]),
        tax: text(&entry["tax"]),
        postal: text(&entry["postal"]),
        phone: text(&entry["phone"]),
        phrases: entry["phrases"].as_array().unwrap().iter().map(text).collect(),
    }
}

fn select(vector: &Value) {
    let (input, expected) = (&vector["input"], &vector["expected"]);
    let keys = keyring(&input["secrets"]);
    let Some(seed) = seed(&keys, &text(&input["seed_key_id"]), &text(&input["template_id"])) else {
        assert_eq!(vector["error"], "ALS_KEY_UNKNOWN", "{}", vector["name"]);
        return;
    };
    let locale = text(&input["locale"]);
    let count = usize::try_from(input["variants"].as_u64().unwrap()).unwrap();
    let index = variant_index(&seed, &locale, count);
    assert_eq!(stet_domain::Digest::from_bytes(seed).to_string(), text(&expected["seed_hex"]));
    assert_eq!(index as u64, expected["variant_index"].as_u64().unwrap());
    assert_eq!(format!("{locale}/{index}"), text(&expected["variant_id"]));
}

fn block(input: &Value) -> Result<Option<AlsBlock>, AlsError> {
    let als = Als {
        template_id: text(&input["template_id"]),
        catalog: text(&input["catalog"]),
        seed_key_id: Some(text(&input["seed_key_id"])),
    };
    let locale = text(&input["locale"]);
    let catalog = input["catalogs"][&als.catalog].as_object().map(|entries| {
        entries.iter().map(|(locale, entry)| (locale.clone(), cues(entry))).collect::<BTreeMap<_, _>>()
    });
    block_of(&keyring(&input["secrets"]), &als, &locale, catalog.as_ref(), MAX_BLOCK_CHARS)
}

#[test]
fn every_vector_holds() {
    let vectors = vectors();
    assert!(vectors.len() >= 30, "{} vectors", vectors.len());
    for vector in &vectors {
        let (name, input, expected) = (text(&vector["name"]), &vector["input"], &vector["expected"]);
        match input["kind"].as_str() {
            Some("select") => select(vector),
            Some("block") => match block(input) {
                Ok(Some(made)) => {
                    assert_eq!(made.variant_id, text(&expected["variant_id"]), "{name}");
                    assert_eq!(made.text, text(&expected["block"]), "{name}");
                    assert_eq!(made.sha256.to_string(), text(&expected["block_sha256"]), "{name}");
                }
                Ok(None) => assert!(expected["block"].is_null() && vector["error"].is_null(), "{name}"),
                Err(error) => assert_eq!(error.code().as_str(), vector["error"], "{name}"),
            },
            other => panic!("{name}: unknown kind {other:?}"),
        }
    }
}

#[test]
fn secrets_of_the_vectors_are_base64_of_32_bytes_or_more() {
    for vector in vectors() {
        for secret in vector["input"]["secrets"].as_object().unwrap().values() {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text(secret)).unwrap();
            assert!(bytes.len() >= 32, "{}", vector["name"]);
        }
    }
}
