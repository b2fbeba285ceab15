//! The order of canonical numbers by value, told from their spelling.

use std::cmp::Ordering;

/// Compares two canonical spellings by value.
pub(super) fn by_value(left: &str, right: &str) -> Ordering {
    match (left.strip_prefix('-'), right.strip_prefix('-')) {
        (None, None) => by_magnitude(left, right),
        (Some(left), Some(right)) => by_magnitude(right, left),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

fn by_magnitude(left: &str, right: &str) -> Ordering {
    let whole_length = |text: &str| text.find('.').unwrap_or(text.len());
    // Without leading zeros the longer integer part is the larger; with equal lengths digits stand under digits.
    whole_length(left).cmp(&whole_length(right)).then_with(|| left.cmp(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_value() {
        let ascending = [
            "-10",
            "-9.5",
            "-9",
            "-0.000001",
            "0",
            "0.000001",
            "0.5",
            "1",
            "1.25",
            "1.3",
            "2",
            "10",
            "100.1",
        ];
        for (i, left) in ascending.iter().enumerate() {
            for (j, right) in ascending.iter().enumerate() {
                assert_eq!(by_value(left, right), i.cmp(&j), "{left} {right}");
            }
        }
    }
}
