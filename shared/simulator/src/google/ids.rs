//! Ids and times of an answer, drawn so that they repeat with it.

use crate::draw::Draw;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Where citations and suggestions lead.
const REDIRECT: &str = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/AUZIYQ";

/// So many characters of base64 for addresses.
pub(super) fn token(draw: &mut Draw, length: usize) -> String {
    (0..length).map(|_| char::from(*draw.one(ALPHABET))).collect()
}

/// The id of an answer.
pub(super) fn response_id(draw: &mut Draw) -> String {
    token(draw, 23)
}

/// A time of the one day on which answers are made.
pub(super) fn create_time(draw: &mut Draw) -> String {
    let seconds = draw.between(0, 86_399);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("2026-11-23T{hour:02}:{minute:02}:{second:02}.{:06}Z", draw.between(0, 999_999))
}

/// An opaque address that stands for a page: the same page has another one in another answer.
pub(super) fn redirect(draw: &mut Draw) -> String {
    format!("{REDIRECT}{}", token(draw, 48))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_vendors_forms() {
        let mut draw = Draw::of_words(1, "ids");
        assert_eq!(response_id(&mut draw).len(), 23);
        let time = create_time(&mut draw);
        assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
        assert_ne!(redirect(&mut draw), redirect(&mut draw));
    }
}
