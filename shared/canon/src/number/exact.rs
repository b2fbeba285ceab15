//! The exact path: any literal, by decimal arithmetic on its digits.

use super::{MAX_FRACTION_DIGITS, MAX_INTEGER_DIGITS, NumberError};

/// Exponents beyond this are read as this: no document holds a mantissa long enough to make up for it.
const EXPONENT_BOUND: i64 = 1 << 56;

/// The value `0.d1 d2 d3… × 10^point` with `d1` and the last digit not zero; without digits it is zero.
#[derive(Default)]
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// The canonical spelling of a literal, and whether rounding changed its value.
///
/// Never holds more digits than the bounds allow, whatever the exponent.
pub(super) fn canonical(literal: &str) -> Result<(String, bool), NumberError> {
    let (negative, unsigned) = literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
    let (decimal, rounded) = rounded_magnitude(unsigned)?;
    if decimal.point > signed(MAX_INTEGER_DIGITS) {
        return Err(NumberError::TooLarge);
    }
    Ok((print(negative, &decimal), rounded))
}

fn rounded_magnitude(unsigned: &str) -> Result<(Decimal, bool), NumberError> {
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_digits = || whole.bytes().chain(fraction.bytes());
    let leading_zeros = mantissa_digits().take_while(|digit| *digit == b'0').count();
    if leading_zeros == whole.len() + fraction.len() {
        return Ok((Decimal::default(), false));
    }
    let point = signed(whole.len()) - signed(leading_zeros) + exponent_value(exponent);
    if point > signed(MAX_INTEGER_DIGITS) {
        return Err(NumberError::TooLarge);
    }
    let Ok(kept) = usize::try_from(point + signed(MAX_FRACTION_DIGITS)) else {
        return Ok((Decimal::default(), true));
    };
    let mut significant = mantissa_digits().skip(leading_zeros);
    let digits = significant.by_ref().take(kept).collect();
    let first_dropped = significant.next().unwrap_or(b'0');
    let rounded = first_dropped != b'0' || significant.any(|digit| digit != b'0');
    let mut decimal = Decimal { digits, point };
    if first_dropped >= b'5' {
        away_from_zero(&mut decimal);
    }
    while decimal.digits.last() == Some(&b'0') {
        decimal.digits.pop();
    }
    Ok((decimal, rounded))
}

/// Adds one to the last kept digit; the zeros that a carry leaves behind are trailing and are not kept.
fn away_from_zero(decimal: &mut Decimal) {
    while let Some(digit) = decimal.digits.pop() {
        if digit != b'9' {
            decimal.digits.push(digit + 1);
            return;
        }
    }
    decimal.digits.push(b'1');
    decimal.point += 1;
}

fn exponent_value(exponent: &str) -> i64 {
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let magnitude =
        digits.bytes().fold(0_i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(EXPONENT_BOUND));
    sign * magnitude
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX / 4)
}

fn print(negative: bool, Decimal { digits, point }: &Decimal) -> String {
    let mut text = String::new();
    if digits.is_empty() {
        text.push('0');
        return text;
    }
    if negative {
        text.push('-');
    }
    let whole_length = usize::try_from(*point).unwrap_or(0);
    let leading_zeros = usize::try_from(-point).unwrap_or(0);
    let (whole, fraction) = digits.split_at(whole_length.min(digits.len()));
    text.extend(whole.iter().map(|digit| char::from(*digit)));
    text.extend(std::iter::repeat_n('0', whole_length - whole.len()));
    if whole_length == 0 {
        text.push('0');
    }
    if !fraction.is_empty() {
        text.push('.');
        text.extend(std::iter::repeat_n('0', leading_zeros));
        text.extend(fraction.iter().map(|digit| char::from(*digit)));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, RoundingStrategy};

    use super::super::plain;
    use super::canonical;

    #[test]
    fn carries_and_ties_go_away_from_zero() {
        for (literal, expected) in [
            ("0.9999995", "1"),
            ("-0.9999995", "-1"),
            ("99999.9999999", "100000"),
            ("0.00000050", "0.000001"),
            ("5e-7", "0.000001"),
            ("4.9e-7", "0"),
            ("9.5e-7", "0.000001"),
            ("1.0000005", "1.000001"),
            ("12e-8", "0"),
            ("1.5e3", "1500"),
            ("0.00012e4", "1.2"),
            ("1e00000000000000000000000002", "100"),
        ] {
            assert_eq!(canonical(literal).unwrap().0, expected, "{literal}");
        }
    }

    /// `rust_decimal` is an independent implementation of the same rounding, up to its 28 digits.
    fn by_rust_decimal(literal: &str) -> String {
        let value = if literal.contains(['e', 'E']) {
            Decimal::from_scientific(literal).unwrap()
        } else {
            Decimal::from_str_exact(literal).unwrap()
        };
        let rounded = value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize();
        if rounded.is_zero() { "0".to_owned() } else { rounded.to_string() }
    }

    proptest! {
        #[test]
        fn equals_rust_decimal_within_its_digits(literal in "-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,14})?") {
            prop_assert_eq!(canonical(&literal).unwrap().0, by_rust_decimal(&literal));
        }

        #[test]
        fn equals_rust_decimal_with_exponents(literal in "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,6})?[eE][+-]?[0-9]") {
            prop_assert_eq!(canonical(&literal).unwrap().0, by_rust_decimal(&literal));
        }

        #[test]
        fn equals_the_fast_path(literal in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,8})?") {
            if let Some(text) = plain::canonical(&literal) {
                prop_assert_eq!(canonical(&literal).unwrap(), (text.to_owned(), false));
            }
        }
    }
}
