//! From submitted lists to a checked grid.

use super::Grid;
use crate::Locale;
use crate::als::{CONTROL_LOCALE, Catalog};
use crate::code::ErrorCode;
use crate::field::{FieldError, shown};
use crate::limits::Limits;
use crate::mode::GroundingMode;

/// Locales in one submission at most, repeats included: more than there are pairs of language and country.
pub const MAX_LOCALES: usize = 65_536;

/// Grounding modes in one submission at most, repeats included.
const MAX_MODES: usize = 16;

/// Offences that are reported of one submission at most.
const MAX_ERRORS: usize = 100;

/// A grid as submitted.
#[derive(Debug, Clone, Copy)]
pub struct GridRequest<'a> {
    /// Locales in any spelling and order, repeats allowed.
    pub locales: &'a [String],
    /// Grounding modes in any order, repeats allowed.
    pub grounding_modes: &'a [String],
    /// Replicates of each (locale, mode).
    pub replicates: i64,
}

impl Grid {
    /// Checks a submitted grid; `catalog` is the one that the template's ALS pins, every locale but the control needs an entry in it.
    ///
    /// # Errors
    /// Every offence, at most 100, with pointers into the submission.
    pub fn parse(
        request: &GridRequest<'_>,
        catalog: Option<&Catalog>,
        limits: &Limits,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let locales = locales(request.locales, catalog, &mut errors);
        let modes = modes(request.grounding_modes, &mut errors);
        let replicates = replicates(request.replicates, limits.batch_max_replicates, &mut errors);
        errors.truncate(MAX_ERRORS);
        if !errors.is_empty() {
            return Err(errors);
        }
        let pairs = locales.len() as u64 * modes.len() as u64;
        let cells = pairs.saturating_mul(u64::from(replicates));
        match u32::try_from(cells) {
            Ok(cells) if u64::from(cells) <= limits.batch_max_cells => {
                Ok(Self { locales, modes, replicates, cells })
            }
            _ => {
                let detail = format!(
                    "{} locales × {} modes × {replicates} replicates make {cells} cells, at most {}",
                    locales.len(),
                    modes.len(),
                    limits.batch_max_cells
                );
                Err(vec![FieldError::new("", ErrorCode::BatchTooLarge, detail)])
            }
        }
    }
}

fn locales(submitted: &[String], catalog: Option<&Catalog>, errors: &mut Vec<FieldError>) -> Vec<Locale> {
    if let Some(error) = bounded("/locales", submitted.len(), MAX_LOCALES) {
        errors.push(error);
        return Vec::new();
    }
    let mut named: Vec<(String, Locale)> = Vec::with_capacity(submitted.len());
    for (index, text) in submitted.iter().enumerate() {
        let pointer = format!("/locales/{index}");
        match Locale::parse(text) {
            Err(refusal) => {
                let mut error = FieldError::from_refusal(&pointer, &refusal);
                error.detail = format!("{}: {}", shown(text), error.detail);
                errors.push(error);
            }
            Ok(locale) => {
                let name = locale.to_string();
                match catalog {
                    Some(catalog) if name != CONTROL_LOCALE && catalog.cues(&name).is_none() => {
                        let detail = format!("the ALS catalogue {} has no entry for {name}", catalog.name());
                        errors.push(FieldError::new(pointer, ErrorCode::AlsLocaleUnknown, detail));
                    }
                    _ => named.push((name, locale)),
                }
            }
        }
    }
    named.sort_by(|left, right| left.0.cmp(&right.0));
    named.dedup_by(|left, right| left.0 == right.0);
    named.into_iter().map(|(_, locale)| locale).collect()
}

fn modes(submitted: &[String], errors: &mut Vec<FieldError>) -> Vec<GroundingMode> {
    if let Some(error) = bounded("/grounding_modes", submitted.len(), MAX_MODES) {
        errors.push(error);
        return Vec::new();
    }
    let mut modes = Vec::with_capacity(GroundingMode::ALL.len());
    for (index, text) in submitted.iter().enumerate() {
        match text.parse::<GroundingMode>() {
            Ok(mode) => modes.push(mode),
            Err(invalid) => errors.push(FieldError::new(
                format!("/grounding_modes/{index}"),
                ErrorCode::ValueNotAllowed,
                invalid.to_string(),
            )),
        }
    }
    modes.sort_unstable();
    modes.dedup();
    modes
}

fn replicates(submitted: i64, limit: u32, errors: &mut Vec<FieldError>) -> u32 {
    match u32::try_from(submitted) {
        Ok(replicates) if (1..=limit).contains(&replicates) => replicates,
        _ => {
            let detail = format!("{submitted} replicates, 1 to {limit} are allowed");
            errors.push(FieldError::new("/replicates", ErrorCode::ValueNotAllowed, detail));
            1
        }
    }
}

fn bounded(pointer: &str, count: usize, limit: usize) -> Option<FieldError> {
    match count {
        0 => Some(FieldError::new(pointer, ErrorCode::Empty, format!("0 entries, 1 to {limit} are allowed"))),
        count if count > limit => {
            Some(FieldError::new(pointer, ErrorCode::TooMany, format!("{count} entries, at most {limit}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(locales: &[&str], modes: &[&str], replicates: i64) -> Result<Grid, Vec<FieldError>> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let request = GridRequest { locales: &owned(locales), grounding_modes: &owned(modes), replicates };
        Grid::parse(&request, Catalog::named("v1"), &Limits::default())
    }

    fn refused(locales: &[&str], modes: &[&str], replicates: i64) -> Vec<(String, &'static str)> {
        let errors = parse(locales, modes, replicates).unwrap_err();
        errors.into_iter().map(|error| (error.pointer, error.code.as_str())).collect()
    }

    #[test]
    fn spelling_order_and_repeats_make_no_difference() {
        let tidy = parse(&["de-DE", "en-GB", "none"], &["UNGROUNDED", "REQUIRED"], 2).unwrap();
        let wild =
            parse(&["NONE", "en-UK", "de_de", "en-GB", " de-DE"], &["REQUIRED", "UNGROUNDED", "REQUIRED"], 2);
        assert_eq!(wild, Ok(tidy));
    }

    #[test]
    fn cells_are_numbered_by_locale_then_mode_then_replicate() {
        let grid = parse(&["en-GB", "de-DE"], &["REQUIRED", "UNGROUNDED", "PREFERRED"], 4).unwrap();
        let cells: Vec<_> = grid.iter().collect();
        assert_eq!(cells.len(), 24);
        assert_eq!(grid.cells(), 24);
        for (number, cell) in cells.iter().enumerate() {
            assert_eq!(cell.index as usize, number);
            let mode = grid.modes().iter().position(|mode| *mode == cell.grounding_mode).unwrap();
            assert_eq!((cell.locale_index as usize * 3 + mode) * 4 + cell.replicate_index as usize, number);
            assert_eq!(grid.locales()[cell.locale_index as usize], cell.locale);
        }
        assert_eq!(cells[0].locale.to_string(), "de-DE");
        assert_eq!(grid.cell(24), None);
    }

    #[test]
    fn every_offence_is_named_with_its_place() {
        assert_eq!(
            refused(&["de-ZZ", "x", "de-DE", "sv-FI"], &["GROUNDED"], 0),
            [
                ("/locales/0".into(), "REGION_UNKNOWN"),
                ("/locales/1".into(), "LOCALE_INVALID"),
                ("/locales/3".into(), "ALS_LOCALE_UNKNOWN"),
                ("/grounding_modes/0".into(), "VALUE_NOT_ALLOWED"),
                ("/replicates".into(), "VALUE_NOT_ALLOWED"),
            ]
        );
        assert_eq!(
            refused(&[], &[], 1_001),
            [
                ("/locales".into(), "EMPTY"),
                ("/grounding_modes".into(), "EMPTY"),
                ("/replicates".into(), "VALUE_NOT_ALLOWED")
            ]
        );
        assert_eq!(
            refused(&vec!["de-DE"; MAX_LOCALES + 1], &["REQUIRED"], 1),
            [("/locales".into(), "TOO_MANY")]
        );
        assert_eq!(parse(&["?"; 500], &["REQUIRED"], 1).unwrap_err().len(), MAX_ERRORS);
    }

    #[test]
    fn the_limit_of_cells_is_exact_and_named() {
        let request = |replicates| {
            let locales: Vec<String> = ["de-DE", "en-GB"].map(str::to_owned).into();
            let modes = ["REQUIRED".to_owned()];
            let limits = Limits { batch_max_cells: 20, ..Limits::default() };
            Grid::parse(
                &GridRequest { locales: &locales, grounding_modes: &modes, replicates },
                None,
                &limits,
            )
        };
        assert_eq!(request(10).unwrap().cells(), 20);
        let errors = request(11).unwrap_err();
        assert_eq!((errors[0].code, errors[0].pointer.as_str()), (ErrorCode::BatchTooLarge, ""));
        assert_eq!(errors[0].detail, "2 locales × 1 modes × 11 replicates make 22 cells, at most 20");
    }
}
