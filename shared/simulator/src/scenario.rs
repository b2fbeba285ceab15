//! What goes wrong, when and how: a scenario, as a file or by the control endpoint.

mod grant;
mod then;
mod when;

use serde::{Deserialize, Serialize};

use crate::provider::Provider;

pub(crate) use grant::Grant;
pub(crate) use then::{AnswerShape, Cut, Fault, RateKind, SearchOutcome, Then};
pub(crate) use when::{Endpoint, Moment, When};

/// Rules that a scenario may have.
const RULES_MAX: usize = 256;

/// A latency may be at most an hour, in milliseconds.
const LATENCY_MAX_MS: u64 = 3_600_000;

/// A scenario; the default one answers everything at once and well.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// How long an answer takes where no rule says otherwise; at once where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latency: Option<Latency>,
    /// Models beside the built-in ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) models: Vec<ExtraModel>,
    /// What the token endpoint grants.
    #[serde(default, skip_serializing_if = "Grant::is_default")]
    pub(crate) tokens: Grant,
    /// The rules, in order: for each aspect of an answer the first rule that matches and sets it counts.
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
}

/// A span of milliseconds from which each call draws its own latency, repeatably.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Latency {
    pub(crate) min_ms: u64,
    pub(crate) max_ms: u64,
}

/// A model that the built-in list does not have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtraModel {
    /// The id to request.
    pub(crate) id: String,
    /// The version that answers, where it is another: an alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answers_as: Option<String>,
    /// The interface that has it; every one where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<Provider>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Which calls; all where left out.
    #[serde(default)]
    pub(crate) when: When,
    /// What happens to them.
    pub(crate) then: Then,
}

/// Why a scenario is refused.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// It is no JSON of the scenario's form; the message has line and column.
    #[error("the scenario cannot be read: {0}")]
    Form(#[from] serde_json::Error),
    /// A value is out of its bounds.
    #[error("rules/{rule}: {reason}")]
    Rule {
        /// The rule's place, from 0.
        rule: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A value outside the rules is out of its bounds.
    #[error("{0}")]
    Bounds(String),
}

impl Scenario {
    /// Reads a scenario: JSON of `docs/simulator.md`, nothing unknown in it.
    ///
    /// # Errors
    /// What is unknown, of another type or out of bounds, with its place.
    pub fn parse(json: &[u8]) -> Result<Self, ScenarioError> {
        let scenario: Self = serde_json::from_slice(json)?;
        if let Some(latency) = scenario.latency {
            latency.check().map_err(|reason| ScenarioError::Bounds(format!("latency: {reason}")))?;
        }
        if scenario.rules.len() > RULES_MAX {
            let given = scenario.rules.len();
            return Err(ScenarioError::Bounds(format!(
                "rules: {given} rules, and {RULES_MAX} are the limit"
            )));
        }
        scenario.tokens.check().map_err(|reason| ScenarioError::Bounds(format!("tokens: {reason}")))?;
        for (index, rule) in scenario.rules.iter().enumerate() {
            let checked = rule.when.check().and_then(|()| rule.then.check());
            checked.map_err(|reason| ScenarioError::Rule { rule: index, reason })?;
        }
        Ok(scenario)
    }

    /// The scenario's own models on an interface.
    pub(crate) fn models_of(&self, provider: Provider) -> impl Iterator<Item = &ExtraModel> {
        self.models.iter().filter(move |model| model.provider.is_none_or(|named| named == provider))
    }
}

impl Latency {
    fn check(self) -> Result<(), String> {
        if self.min_ms > self.max_ms {
            return Err(format!("min_ms {} is above max_ms {}", self.min_ms, self.max_ms));
        }
        if self.max_ms > LATENCY_MAX_MS {
            return Err(format!("max_ms {} is above the limit {LATENCY_MAX_MS}", self.max_ms));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        Scenario::parse(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn the_empty_scenario_changes_nothing() {
        assert_eq!(Scenario::parse(b"{}").unwrap(), Scenario::default());
    }

    #[test]
    fn a_scenario_reads_back_as_it_was_written() {
        let json = br#"{"latency":{"min_ms":1,"max_ms":2},"models":[{"id":"x","answers_as":"x-1"}],"rules":[
            {"when":{"provider":"vertex","call_from":2,"call_to":9,"every":3,"mode":"REQUIRED","share":0.5,"try_to":1},
             "then":{"fault":{"rate_limit":{"retry_after_s":20}}}},
            {"then":{"search":"uncited","answer":"refusal","model_version":"m","fingerprint":"f","service_tier":"flex","finish_reason":"LANGUAGE"}}],
            "tokens":{"only_issued":true,"expires_in_s":60,"live_ms":50,"expires_in_as_text":true}}"#;
        let scenario = Scenario::parse(json).unwrap();
        let written = serde_json::to_vec(&scenario).unwrap();
        assert_eq!(Scenario::parse(&written).unwrap(), scenario);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert!(refused("").contains("line 1"));
        assert!(refused(r#"{"rule":[]}"#).contains("`rule`"));
        assert!(refused(r#"{"rules":[{"then":{}}]}"#).contains("rules/0: `then` sets nothing"));
        assert!(refused(r#"{"rules":[{"when":{"nth":1},"then":{}}]}"#).contains("`nth`"));
        assert!(refused(r#"{"rules":[{"when":{"every":0},"then":{"answer":"empty"}}]}"#).contains("every"));
        assert!(refused(r#"{"rules":[{"when":{"share":1.5},"then":{"answer":"empty"}}]}"#).contains("1.5"));
        assert!(
            refused(r#"{"rules":[{"when":{"call_from":3,"call_to":2},"then":{"answer":"empty"}}]}"#)
                .contains('3')
        );
        assert!(refused(r#"{"latency":{"min_ms":5,"max_ms":4}}"#).contains("min_ms 5"));
        assert!(
            refused(r#"{"rules":[{"when":{"provider":"azure"},"then":{"answer":"empty"}}]}"#)
                .contains("azure")
        );
        assert!(
            refused(r#"{"rules":[{"then":{"finish_reason":"stop"}}]}"#).contains("`finish_reason` must be")
        );
        assert!(refused(r#"{"tokens":{"expires_in_s":0}}"#).contains("tokens: `expires_in_s` is 0"));
        assert!(refused(r#"{"rules":[{"then":{"answer":"perfect"}}]}"#).contains("`perfect`"));
        assert!(refused(r#"{"rules":[{"then":{"fault":{"error":{"status":200}}}}]}"#).contains("200"));
    }
}
