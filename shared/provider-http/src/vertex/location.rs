//! Where Vertex AI lies (providers-wire.md §2.1).

use url::Url;

use crate::transport::SetupError;

/// The location that no region's capacity bounds.
const GLOBAL: &str = "global";

/// Locations that are several regions.
const MULTI_REGIONS: [&str; 2] = ["us", "eu"];

/// Characters that a location may have.
const LOCATION_MAX_CHARS: usize = 40;

/// The address of Vertex AI in a location: `global`, a region such as `europe-west4`, or `us` and `eu`.
///
/// # Errors
/// A location that is no name of letters, digits and hyphens.
pub fn base_url(location: &str) -> Result<Url, SetupError> {
    check(location)?;
    let host = if location == GLOBAL {
        "aiplatform.googleapis.com".to_owned()
    } else if MULTI_REGIONS.contains(&location) {
        format!("aiplatform.{location}.rep.googleapis.com")
    } else {
        format!("{location}-aiplatform.googleapis.com")
    };
    Url::parse(&format!("https://{host}/")).map_err(|_no_host| SetupError::Location(location.to_owned()))
}

/// A location becomes part of a host: it is held to what one takes.
pub(super) fn check(location: &str) -> Result<(), SetupError> {
    let fits = (1..=LOCATION_MAX_CHARS).contains(&location.len())
        && location.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !location.starts_with('-');
    if fits { Ok(()) } else { Err(SetupError::Location(location.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_location_has_its_host() {
        for (location, address) in [
            ("global", "https://aiplatform.googleapis.com/"),
            ("europe-west4", "https://europe-west4-aiplatform.googleapis.com/"),
            ("eu", "https://aiplatform.eu.rep.googleapis.com/"),
        ] {
            assert_eq!(base_url(location).unwrap().as_str(), address);
        }
        for bad in ["", "evil.example/", "a.b", "EU", "-x", "x@y", &"x".repeat(41)] {
            assert!(matches!(base_url(bad), Err(SetupError::Location(_))), "{bad}");
        }
    }
}
