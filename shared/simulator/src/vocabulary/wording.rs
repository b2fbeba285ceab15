//! How an answer is put: a few phrasings by weight, so that replicates agree often and not always.

use super::country::{self, Country};
use crate::draw::Draw;

/// Words of a question that make it one about value added tax.
const TAX_WORDS: [&str; 10] =
    ["vat", "mwst", "mehrwertsteuer", "umsatzsteuer", "ust", "tva", "iva", "gst", "btw", "moms"];

/// In so many of a thousand answers a model without a search remembers an earlier rate.
const STALE_PER_MILLE: u64 = 120;

/// In so many of a thousand answers two names of a ranking change places.
const SWAPPED_PER_MILLE: u64 = 180;

/// Characters of a question that an answer repeats.
const TOPIC_MAX_CHARS: usize = 60;

/// Names that a ranking draws from.
const NAMES: [&str; 8] =
    ["Acme", "Borealis", "Cumulus", "Dorado", "Everline", "Fjordvik", "Granite & Co.", "Høyland"];

/// What a model has to go on.
pub(crate) struct Knowledge<'a> {
    /// The last thing the user said.
    pub(crate) question: &'a str,
    /// The country of the search's location, or else the one that the rest of the conversation hints at.
    pub(crate) country: Option<&'static Country>,
    /// Whether a search brought current facts.
    pub(crate) searched: bool,
}

/// One sentence, and the place of the source that supports it, where one does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    pub(crate) source: Option<usize>,
}

/// The sentences of an answer.
pub(crate) fn compose(knowledge: &Knowledge<'_>, draw: &mut Draw) -> Vec<Sentence> {
    let mut sentences =
        if is_about_tax(knowledge.question) { tax(knowledge, draw) } else { ranking(knowledge, draw) };
    if knowledge.searched {
        sentences[0].source = Some(0);
        if draw.chance(350) {
            let text = match knowledge.country {
                Some(country) => format!("Published figures for {} agree on this.", country.name),
                None => "Published figures agree on this.".to_owned(),
            };
            sentences.push(Sentence { text, source: Some(1) });
        }
    }
    sentences
}

fn is_about_tax(question: &str) -> bool {
    let lower = question.to_lowercase();
    lower.contains("sales tax")
        || lower.contains("value added tax")
        || lower.contains("value-added tax")
        || lower.split(|c: char| !c.is_alphanumeric()).any(|word| TAX_WORDS.contains(&word))
}

fn said(text: impl Into<String>) -> Vec<Sentence> {
    vec![Sentence { text: text.into(), source: None }]
}

fn tax(knowledge: &Knowledge<'_>, draw: &mut Draw) -> Vec<Sentence> {
    let Some(country) = knowledge.country else {
        return said(*draw.weighted(&[
            (6, "There is no single standard VAT rate: it depends on the country; in the European Union it ranges from 17% to 27%."),
            (3, "That depends on the country – within the European Union standard rates lie between 17% and 27%."),
            (1, "Which country do you mean? Standard VAT rates differ from one to the next."),
        ]));
    };
    let Country { name, tax, rate, .. } = country;
    if rate.is_empty() {
        return said(match draw.weighted(&[(6, 0), (3, 1), (1, 2)]) {
            0 => format!("There is no VAT in {name}; sales tax is set by states and localities."),
            1 => format!(
                "In {name} there is no value added tax. States and localities levy sales taxes of their own."
            ),
            _ => {
                format!("{name} – no federal VAT; combined sales tax rates run from 0% to a little over 10%.")
            }
        });
    }
    let stale = !knowledge.searched && draw.chance(STALE_PER_MILLE);
    let rate = if stale { country.remembered } else { rate };
    said(match draw.weighted(&[(46, 0), (24, 1), (14, 2), (10, 3), (6, 4)]) {
        0 => format!("The standard VAT rate in {name} is {rate}%."),
        1 => format!("In {name}, the standard rate of VAT ({tax}) is {rate} %."),
        2 => format!(
            "The standard {tax} rate in {name} is {rate}%; reduced rates apply to some goods and services."
        ),
        3 => format!("{rate}% – that is the standard VAT rate in {name}."),
        _ => format!("Most goods and services in {name} are taxed at {rate}%, the standard rate of VAT."),
    })
}

/// A ranking that a country and a question settle, with a little noise of the request.
fn ranking(knowledge: &Knowledge<'_>, draw: &mut Draw) -> Vec<Sentence> {
    let question = knowledge.question.trim().trim_end_matches(['?', '.', '!']);
    let topic: String =
        question.chars().take(TOPIC_MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let place = knowledge.country.map_or("general", |country| country.name);
    let mut names = NAMES;
    let mut settled = Draw::of_words(0, &format!("{place}|{question}"));
    for at in (1..names.len()).rev() {
        let other = settled.between(0, at as u64);
        names.swap(at, usize::try_from(other).unwrap_or(0));
    }
    if draw.chance(SWAPPED_PER_MILLE) {
        names.swap(0, 1);
    }
    let [first, second, third, ..] = names;
    let place = knowledge.country.map_or_else(String::new, |country| format!(" in {}", country.name));
    said(match draw.weighted(&[(50, 0), (30, 1), (15, 2), (5, 3)]) {
        0 => format!("{first} comes first{place}, followed by {second} and {third} (“{topic}”)."),
        1 => format!("On “{topic}”{place}: {first}, then {second}, then {third}."),
        2 => {
            format!("The answer{place} is usually {first} – with {second} and {third} behind it (“{topic}”).")
        }
        _ => format!("It depends, but{place} {first} and {second} are named most often (“{topic}”)."),
    })
}

/// The rate that a schema's number about taxes gets.
pub(crate) fn rate_of(knowledge: &Knowledge<'_>) -> Option<&'static str> {
    knowledge.country.map(|country| country.rate).filter(|rate| !rate.is_empty())
}

/// The country's name, for a schema's string about countries.
pub(crate) fn place_of(knowledge: &Knowledge<'_>) -> Option<&'static str> {
    knowledge.country.map(|country| country.name.strip_prefix("the ").unwrap_or(country.name))
}

/// The country that a conversation is about.
pub(crate) fn locate(code: Option<&str>, block: &str) -> Option<&'static Country> {
    match code {
        Some(code) => country::by_code(code),
        None => country::by_cues(block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn answers(question: &str, code: Option<&str>, searched: bool) -> BTreeMap<String, u32> {
        let knowledge = Knowledge { question, country: code.and_then(country::by_code), searched };
        let mut seen = BTreeMap::new();
        for replicate in 0..200 {
            let mut draw = Draw::of_words(replicate, "replicate");
            *seen.entry(compose(&knowledge, &mut draw)[0].text.clone()).or_default() += 1;
        }
        seen
    }

    #[test]
    fn a_tax_question_gets_the_rate_of_its_country_in_a_few_phrasings() {
        let seen = answers("What is the standard VAT rate for books?", Some("DE"), true);
        assert!((3..=5).contains(&seen.len()), "{seen:?}");
        assert!(seen.keys().all(|text| text.contains("19") && text.contains("Germany")), "{seen:?}");
        let american = answers("What is the VAT rate?", Some("US"), false);
        assert!(american.keys().all(|text| text.contains("United States")), "{american:?}");
        assert!(answers("What is the VAT rate?", None, false).keys().all(|text| !text.contains("Germany")));
    }

    #[test]
    fn only_a_model_without_a_search_remembers_an_earlier_rate() {
        let stale = |searched| answers("VAT?", Some("CH"), searched).keys().any(|text| text.contains("7.7"));
        assert!(stale(false));
        assert!(!stale(true));
    }

    #[test]
    fn another_question_gets_a_ranking_that_the_country_settles() {
        let german = answers("Which bank is best?", Some("DE"), false);
        let french = answers("Which bank is best?", Some("FR"), false);
        assert!(german.len() > 3 && german.keys().all(|text| !french.contains_key(text)));
    }
}
