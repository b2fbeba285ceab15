//! An instance of a JSON Schema: what a model that is held to the schema would answer.

use std::fmt::Write as _;

use stet_domain::Json;

use crate::draw::Draw;
use crate::fields::{integer, list, text, write_text};
use crate::vocabulary::{Knowledge, place_of, rate_of};

/// Nesting beyond which only the least instance is written.
const DEPTH_MAX: usize = 32;

/// Words that strings draw from.
const WORDS: [&str; 8] =
    ["Acme", "Borealis", "Cumulus", "Dorado", "Everline", "Fjordvik", "Granite", "Høyland"];

/// Writes an instance of `schema` as compact JSON.
pub(crate) fn write(schema: &Json, knowledge: &Knowledge<'_>, draw: &mut Draw, out: &mut String) {
    Writer { root: schema, knowledge, draw, out }.value(schema, "", 0);
}

struct Writer<'a, 'd> {
    root: &'a Json,
    knowledge: &'a Knowledge<'a>,
    draw: &'d mut Draw,
    out: &'d mut String,
}

impl<'a> Writer<'a, '_> {
    /// Writes an instance; `name` is the member that it is for.
    fn value(&mut self, schema: &'a Json, name: &str, depth: usize) {
        if let Some(chosen) = self.given(schema) {
            self.out.push_str(&chosen.to_canonical_string());
            return;
        }
        if depth < DEPTH_MAX {
            if let Some(target) = text(schema, "$ref").and_then(|pointer| self.target(pointer)) {
                return self.value(target, name, depth + 1);
            }
            for branches in ["anyOf", "oneOf", "allOf"] {
                let branches = list(schema, branches);
                if !branches.is_empty() {
                    let branch = if depth > DEPTH_MAX / 2 { &branches[0] } else { self.draw.one(branches) };
                    return self.value(branch, name, depth + 1);
                }
            }
        }
        match type_of(schema).to_ascii_lowercase().as_str() {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, name, depth),
            "integer" => self.integer(schema, name),
            "number" => self.number(schema, name),
            "boolean" => self.out.push_str(if self.draw.chance(600) { "true" } else { "false" }),
            "null" => self.out.push_str("null"),
            _ => self.string(schema, name),
        }
    }

    /// The value that `const` or `enum` names.
    fn given(&mut self, schema: &'a Json) -> Option<&'a Json> {
        if let Some(value) = schema.get("const") {
            return Some(value);
        }
        let members = list(schema, "enum");
        if members.is_empty() { None } else { Some(self.draw.one(members)) }
    }

    fn target(&self, pointer: &str) -> Option<&'a Json> {
        let path = pointer.strip_prefix('#')?;
        path.split('/').skip(1).try_fold(self.root, |at, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            match at.as_array() {
                Some(elements) => elements.get(step.parse::<usize>().ok()?),
                None => at.get(&step),
            }
        })
    }

    fn object(&mut self, schema: &'a Json, depth: usize) {
        let required = |key: &str| list(schema, "required").iter().any(|name| name.as_str() == Some(key));
        self.out.push('{');
        let mut first = true;
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            return self.out.push('}');
        };
        for (key, member) in properties.iter() {
            if depth >= DEPTH_MAX && !required(key) {
                continue;
            }
            if !first {
                self.out.push(',');
            }
            first = false;
            write_text(key, self.out);
            self.out.push(':');
            self.value(member, key, depth + 1);
        }
        self.out.push('}');
    }

    fn array(&mut self, schema: &'a Json, name: &str, depth: usize) {
        let prefix = list(schema, "prefixItems");
        let least = whole(schema, "minItems").unwrap_or(0).max(0);
        let most = whole(schema, "maxItems").unwrap_or_else(|| least.max(3)).max(least);
        let low = if depth >= DEPTH_MAX { least } else { least.max(1).min(most) };
        let high = if depth >= DEPTH_MAX { least } else { most.min(low + 2) };
        let drawn = self.draw.between(low.unsigned_abs(), high.unsigned_abs());
        let count =
            usize::try_from(drawn).unwrap_or(0).max(prefix.len().min(usize::try_from(most).unwrap_or(0)));
        self.out.push('[');
        for index in 0..count {
            if index > 0 {
                self.out.push(',');
            }
            match prefix.get(index).or_else(|| schema.get("items")) {
                Some(item) => self.value(item, name, depth + 1),
                None => self.out.push_str("null"),
            }
        }
        self.out.push(']');
    }

    fn integer(&mut self, schema: &Json, name: &str) {
        let step = whole(schema, "multipleOf").filter(|step| *step > 0).unwrap_or(1);
        let low = whole(schema, "minimum")
            .or_else(|| whole(schema, "exclusiveMinimum").map(|low| low.saturating_add(1)));
        let high = whole(schema, "maximum")
            .or_else(|| whole(schema, "exclusiveMaximum").map(|high| high.saturating_sub(1)));
        let low = low.unwrap_or_else(|| high.map_or(1, |high| high.saturating_sub(9)));
        let high = high.unwrap_or_else(|| low.saturating_add(9)).max(low);
        let fact = self.fact(name).and_then(|rate| rate.parse::<i64>().ok());
        if let Some(rate) = fact.filter(|rate| (low..=high.max(100)).contains(rate) && rate % step == 0) {
            self.push(rate);
            return;
        }
        let width = high.abs_diff(low) / step.unsigned_abs();
        let steps = self.draw.between(0, width.min(1_000_000));
        let lowest = low.saturating_add((step - low.rem_euclid(step)) % step);
        let value = lowest.saturating_add(i64::try_from(steps).unwrap_or(0).saturating_mul(step));
        self.push(if value > high { lowest } else { value });
    }

    fn number(&mut self, schema: &Json, name: &str) {
        if let Some(rate) = self.fact(name) {
            self.out.push_str(rate);
            return;
        }
        let bound = |name: &str| schema.get(name).map(Json::to_canonical_string);
        let whole_only = ["exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
            .iter()
            .any(|name| schema.get(name).is_some());
        if let Some(lowest) = bound("minimum") {
            return self.out.push_str(&lowest);
        }
        if whole_only {
            return self.integer(schema, name);
        }
        if let Some(highest) = bound("maximum") {
            return self.out.push_str(&highest);
        }
        let hundredths = self.draw.between(1, 99);
        self.push(format_args!("0.{hundredths:02}"));
    }

    fn string(&mut self, schema: &Json, name: &str) {
        let mut said = match text(schema, "format") {
            Some("date") => "2026-11-23".to_owned(),
            Some("date-time") => "2026-11-23T00:00:00Z".to_owned(),
            Some("time") => "12:00:00Z".to_owned(),
            Some("duration") => "PT1H".to_owned(),
            Some("email") => "info@example.com".to_owned(),
            Some("hostname") => "example.com".to_owned(),
            Some("uri") => "https://example.com/".to_owned(),
            Some("uuid") => "00000000-0000-4000-8000-000000000000".to_owned(),
            Some("ipv4") => "192.0.2.1".to_owned(),
            Some("ipv6") => "2001:db8::1".to_owned(),
            _ => self.words(name),
        };
        let least = whole(schema, "minLength").and_then(|least| usize::try_from(least).ok()).unwrap_or(0);
        while said.chars().count() < least {
            said.push('x');
        }
        if let Some(most) = whole(schema, "maxLength").and_then(|most| usize::try_from(most).ok()) {
            said = said.chars().take(most).collect();
        }
        write_text(&said, self.out);
    }

    fn words(&mut self, name: &str) -> String {
        let lower = name.to_ascii_lowercase();
        if (lower.contains("country") || lower.contains("place"))
            && let Some(place) = place_of(self.knowledge)
        {
            return place.to_owned();
        }
        if let Some(rate) = self.fact(name) {
            return format!("{rate}%");
        }
        (*self.draw.one(&WORDS)).to_owned()
    }

    fn fact(&self, name: &str) -> Option<&'static str> {
        let lower = name.to_ascii_lowercase();
        let asked = ["rate", "vat", "tax", "percent"].iter().any(|word| lower.contains(word));
        if asked { rate_of(self.knowledge) } else { None }
    }

    fn push(&mut self, value: impl std::fmt::Display) {
        write!(self.out, "{value}").expect("writing to a string never fails");
    }
}

/// The schema's type, in capitals in Google's dialect; of several the first that is not null.
fn type_of(schema: &Json) -> &str {
    let named = schema.get("type");
    let first = || list(schema, "type").iter().filter_map(Json::as_str).find(|name| *name != "null");
    let told = named.and_then(Json::as_str).or_else(first);
    told.unwrap_or_else(|| {
        if schema.get("properties").is_some() {
            "object"
        } else if schema.get("items").is_some() || schema.get("prefixItems").is_some() {
            "array"
        } else {
            "string"
        }
    })
}

/// A whole number; Google's dialect of schemas writes some of them as strings.
fn whole(schema: &Json, key: &str) -> Option<i64> {
    let value = schema.get(key)?;
    integer(value).or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::country;

    fn instance(schema: &str, seed: u64) -> String {
        let schema = Json::parse(schema.as_bytes()).unwrap();
        let knowledge = Knowledge { question: "VAT?", country: country::by_code("DE"), searched: false };
        let mut out = String::new();
        write(&schema, &knowledge, &mut Draw::of_words(seed, "instance"), &mut out);
        assert!(Json::parse(out.as_bytes()).is_ok(), "{out}");
        out
    }

    #[test]
    fn facts_stand_where_a_schema_asks_for_them() {
        let schema = r#"{"type":"object","properties":{"country":{"type":"string"},"rate_percent":{"type":"number"},
            "vat":{"type":"integer"},"kind":{"enum":["standard"]}},"required":["country"],"additionalProperties":false}"#;
        assert_eq!(
            instance(schema, 1),
            r#"{"country":"Germany","kind":"standard","rate_percent":19,"vat":19}"#
        );
    }

    #[test]
    fn bounds_hold_for_every_seed() {
        for seed in 0..200 {
            let drawn: i64 = instance(r#"{"type":"integer","minimum":7,"maximum":23,"multipleOf":5}"#, seed)
                .parse()
                .unwrap();
            assert!([10, 15, 20].contains(&drawn), "{drawn}");
            let list = Json::parse(
                instance(r#"{"type":"array","minItems":2,"maxItems":4,"items":{"const":1}}"#, seed)
                    .as_bytes(),
            );
            assert!((2..=4).contains(&list.unwrap().as_array().unwrap().len()));
            let text = instance(r#"{"type":"string","minLength":9,"maxLength":10}"#, seed);
            assert!((11..=12).contains(&text.chars().count()), "{text}");
        }
    }

    #[test]
    fn local_references_are_followed_and_recursion_ends() {
        let schema = r##"{"$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/n"}]}}}},
            "type":"object","properties":{"list":{"$ref":"#/$defs/n"}}}"##;
        for seed in 0..50 {
            assert!(instance(schema, seed).starts_with(r#"{"list":{"next":"#));
        }
    }
}
