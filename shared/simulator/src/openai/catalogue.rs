//! The models that exist: ids, aliases and what they answer as (providers-wire.md §3).

use crate::provider::Provider;
use crate::scenario::Scenario;

/// A listed model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Model<'a> {
    pub(super) id: &'a str,
    /// The version that answers.
    pub(super) answers_as: &'a str,
    /// Seconds since 1970.
    pub(super) created: u64,
    pub(super) shutdown_date: Option<&'a str>,
}

const fn pinned(id: &str, created: u64) -> Model<'_> {
    Model { id, answers_as: id, created, shutdown_date: None }
}

const fn alias<'a>(id: &'a str, answers_as: &'a str, created: u64) -> Model<'a> {
    Model { id, answers_as, created, shutdown_date: None }
}

const fn ends<'a>(model: Model<'a>, date: &'a str) -> Model<'a> {
    Model { shutdown_date: Some(date), ..model }
}

/// The built-in models, sorted by id.
const ALL: [Model<'static>; 30] = [
    ends(alias("gpt-4.1", "gpt-4.1-2025-04-14", 1_744_316_542), "2027-01-14"),
    ends(pinned("gpt-4.1-2025-04-14", 1_744_315_746), "2027-01-14"),
    ends(alias("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 1_744_318_173), "2027-01-14"),
    ends(pinned("gpt-4.1-mini-2025-04-14", 1_744_317_547), "2027-01-14"),
    pinned("gpt-4.1-nano-2025-04-14", 1_744_321_025),
    ends(alias("gpt-4o", "gpt-4o-2024-08-06", 1_715_367_049), "2027-01-14"),
    ends(pinned("gpt-4o-2024-08-06", 1_722_814_719), "2027-01-14"),
    ends(alias("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 1_721_172_741), "2027-01-14"),
    ends(pinned("gpt-4o-mini-2024-07-18", 1_721_172_717), "2027-01-14"),
    ends(alias("gpt-5", "gpt-5-2025-08-07", 1_754_425_777), "2026-12-11"),
    ends(pinned("gpt-5-2025-08-07", 1_754_075_360), "2026-12-11"),
    ends(alias("gpt-5-mini", "gpt-5-mini-2025-08-07", 1_754_425_928), "2026-12-11"),
    ends(pinned("gpt-5-mini-2025-08-07", 1_754_408_867), "2026-12-11"),
    ends(alias("gpt-5-nano", "gpt-5-nano-2025-08-07", 1_754_426_384), "2026-12-11"),
    ends(pinned("gpt-5-nano-2025-08-07", 1_754_426_303), "2026-12-11"),
    alias("gpt-5.2", "gpt-5.2-2025-12-11", 1_765_313_051),
    pinned("gpt-5.2-2025-12-11", 1_765_313_028),
    alias("gpt-5.4", "gpt-5.4-2026-03-05", 1_772_600_000),
    pinned("gpt-5.4-2026-03-05", 1_772_600_001),
    alias("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17", 1_773_600_000),
    pinned("gpt-5.4-mini-2026-03-17", 1_773_600_001),
    alias("gpt-5.5", "gpt-5.5-2026-04-23", 1_776_800_000),
    pinned("gpt-5.5-2026-04-23", 1_776_800_001),
    alias("gpt-5.6", "gpt-5.6-sol", 1_785_000_000),
    pinned("gpt-5.6-sol", 1_785_000_001),
    pinned("gpt-5.6-terra", 1_785_000_002),
    ends(alias("o3", "o3-2025-04-16", 1_744_225_308), "2026-12-11"),
    ends(pinned("o3-2025-04-16", 1_744_133_301), "2026-12-11"),
    alias("o4-mini", "o4-mini-2025-04-16", 1_744_225_351),
    pinned("o4-mini-2025-04-16", 1_744_133_506),
];

/// When a scenario's own models were made, in seconds since 1970.
const EXTRA_CREATED: u64 = 1_795_000_000;

/// The model of an id; a scenario's own come first.
pub(super) fn find<'a>(scenario: &'a Scenario, id: &str) -> Option<Model<'a>> {
    extra(scenario).find(|model| model.id == id).or_else(|| {
        let at = ALL.binary_search_by(|model| model.id.cmp(id)).ok()?;
        Some(ALL[at])
    })
}

/// All models: the built-in ones, then the scenario's own.
pub(super) fn all(scenario: &Scenario) -> impl Iterator<Item = Model<'_>> {
    ALL.into_iter().chain(extra(scenario))
}

fn extra(scenario: &Scenario) -> impl Iterator<Item = Model<'_>> {
    scenario.models_of(Provider::Openai).map(|model| Model {
        id: &model.id,
        answers_as: model.answers_as.as_deref().unwrap_or(&model.id),
        created: EXTRA_CREATED,
        shutdown_date: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_aliases_lead_to_listed_models() {
        assert!(ALL.is_sorted_by(|left, right| left.id < right.id));
        let scenario = Scenario::default();
        for model in all(&scenario) {
            assert_eq!(
                find(&scenario, model.answers_as).map(|found| found.answers_as),
                Some(model.answers_as)
            );
        }
        assert_eq!(find(&scenario, "gpt-9"), None);
    }

    #[test]
    fn a_scenario_adds_models() {
        let scenario = Scenario::parse(br#"{"models":[{"id":"x","answers_as":"x-1"},{"id":"y"}]}"#).unwrap();
        assert_eq!(find(&scenario, "x").unwrap().answers_as, "x-1");
        assert_eq!(find(&scenario, "y").unwrap().answers_as, "y");
    }
}
