//! Properties that hold for every input.

use proptest::prelude::*;
use stet_domain::answer::SearchEvidence;
use stet_domain::evidence;
use stet_domain::grid::{Grid, GridRequest};
use stet_domain::limits::Limits;
use stet_domain::link::without_tracking;
use stet_domain::mode::GroundingMode;
use stet_domain::retry::{Decision, MAX_RETRY_AFTER_MS, MIN_DELAY_MS, RetryClass, decide};
use stet_domain::verdict::{OutputForm, hash_output};

const LOCALES: &[&str] = &["de-DE", "en-UK", "en_gb", "FR-fr", "none", "it-IT", "ja-JP"];
const MODES: &[&str] = &["REQUIRED", "UNGROUNDED", "PREFERRED"];

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

proptest! {
    #[test]
    fn expansion_is_a_numbering_of_all_cells_whatever_the_order_of_submission(
        locales in proptest::sample::subsequence(LOCALES, 1..=LOCALES.len()).prop_shuffle(),
        modes in proptest::sample::subsequence(MODES, 1..=MODES.len()).prop_shuffle(),
        replicates in 1_i64..6,
    ) {
        let parse = |locales: &[String], modes: &[String]| {
            let request = GridRequest { locales, grounding_modes: modes, replicates };
            Grid::parse(&request, None, &Limits::default()).unwrap()
        };
        let (mut locales, mut modes) = (owned(&locales), owned(&modes));
        let grid = parse(&locales, &modes);
        locales.sort();
        modes.reverse();
        prop_assert_eq!(&parse(&locales, &modes), &grid);
        let cells: Vec<_> = grid.iter().collect();
        prop_assert_eq!(cells.len(), grid.cells() as usize);
        let mut points: Vec<_> = cells
            .iter()
            .map(|cell| (cell.locale.to_string(), cell.grounding_mode, cell.replicate_index))
            .collect();
        prop_assert!(points.is_sorted());
        points.dedup();
        prop_assert_eq!(points.len(), cells.len());
        prop_assert!(cells.iter().enumerate().all(|(number, cell)| cell.index as usize == number));
    }

    #[test]
    fn waits_are_bounded_and_never_shorter_than_asked(
        retry_index in any::<u32>(), asked in proptest::option::of(any::<u64>()), random in any::<u64>(),
    ) {
        match decide(RetryClass::RateLimited, retry_index, 5, asked, random) {
            Decision::Retry { delay_ms, burn } => {
                prop_assert!(!burn);
                prop_assert!((MIN_DELAY_MS..=MAX_RETRY_AFTER_MS).contains(&delay_ms));
                prop_assert!(delay_ms >= asked.unwrap_or(0).min(MAX_RETRY_AFTER_MS));
                prop_assert!(asked.is_some() || delay_ms <= 60_000);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn an_address_without_tracking_stays_as_it_is(
        host in "[a-z]{1,8}\\.(no|org)",
        query in proptest::collection::vec("(utm_[a-z]{1,5}|[a-z]{1,5})=[a-z0-9%]{0,5}", 0..6),
    ) {
        let raw = format!("https://{host}/p?{}#f", query.join("&"));
        let clean = without_tracking(&raw);
        prop_assert!(!clean.contains("utm_"));
        prop_assert_eq!(without_tracking(&clean), clean.clone());
        for kept in query.iter().filter(|parameter| !parameter.starts_with("utm_")) {
            prop_assert!(clean.contains(kept));
        }
    }

    #[test]
    fn every_output_has_exactly_one_hash(output in any::<String>()) {
        let (as_text, form) = hash_output(&output, false);
        prop_assert_eq!(form, OutputForm::Text);
        let (as_json, form) = hash_output(&output, true);
        prop_assert_eq!(form == OutputForm::Text, stet_canon::Json::parse(output.as_bytes()).is_err());
        prop_assert!(form == OutputForm::Json || as_json == as_text);
    }

    #[test]
    fn grounded_is_exactly_the_absence_of_a_reason(
        performed: bool, failed: bool, has_sources: bool,
    ) {
        let evidence = SearchEvidence { performed, failed, has_sources, ..SearchEvidence::default() };
        for mode in GroundingMode::ALL {
            let judged = evidence::judge(mode, &evidence);
            prop_assert_eq!(judged.grounded_effective, judged.why_not_grounded.is_none());
            prop_assert!(!judged.grounded_effective, "nothing is cited");
        }
    }
}
