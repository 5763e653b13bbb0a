//! Decimal text → f64, for the few numbers a person types; read by layers and settings.
//!
//! `str::parse::<f64>` is right for every text, and its tables would be a twentieth of the page (12 KB,
//! gzipped). With at most 15 digits and a power of ten up to 22, one multiplication or division of two
//! exact numbers gives the nearest f64 just as well (Clinger, "How to Read Floating Point Numbers
//! Accurately", 1990).

/// Powers of ten that an f64 holds exactly.
const MOST_TENS: i32 = 22;
/// A number below this takes one more digit and still is exact in an f64.
const ALMOST_FULL: u64 = 100_000_000_000_000;

/// The number that `text` writes (`0.001`, `1e-3`, `.5`), without a sign; digits after the fifteenth do
/// not count. `None` when it is no number or its exponent is beyond reason.
pub fn parse(text: &str) -> Option<f64> {
    let (decimal, exponent) = match text.split_once(['e', 'E']) {
        Some((decimal, exponent)) => (decimal, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let (mut mantissa, mut dropped, mut digits) = (0_u64, 0, 0);
    for digit in whole.bytes().chain(fraction.bytes()) {
        if !digit.is_ascii_digit() {
            return None;
        }
        digits += 1;
        if mantissa < ALMOST_FULL {
            mantissa = 10 * mantissa + u64::from(digit - b'0');
        } else {
            dropped += 1;
        }
    }
    let tens = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
    let power = (digits > 0 && tens.abs() <= MOST_TENS)
        .then(|| (0..tens.abs()).fold(1.0, |power, _| power * 10.0))?;
    Some(if tens < 0 { mantissa as f64 / power } else { mantissa as f64 * power })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_read() {
        for (text, number) in [
            ("0.001", 0.001),
            ("1e-3", 0.001),
            (".5", 0.5),
            ("3.", 3.0),
            ("10", 10.0),
            ("0", 0.0),
            ("2.50E2", 250.0),
        ] {
            assert_eq!(parse(text), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not() {
        for text in ["", ".", "e3", "-1", "+1", "1e", "1.2.3", "fast", "NaN", "inf", "0x10", "1 ", "1e999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_nearest_number_is_found(whole in 0_u32..100_000, fraction in "[0-9]{0,9}", exponent in -12_i32..=12) {
            let text = format!("{whole}.{fraction}e{exponent}");
            prop_assert_eq!(parse(&text), text.parse::<f64>().ok(), "{}", text);
        }

        #[test]
        fn a_longer_number_is_right_to_fifteen_digits(number in 1e-3_f64..10.0) {
            let read = parse(&number.to_string()).unwrap();
            prop_assert!((read - number).abs() <= 1e-14 * number, "{} as {}", number, read);
        }

        #[test]
        fn what_rust_prints_is_read_back(number in 1e-7_f64..10.0) {
            let short = format!("{number:.12}");
            prop_assert_eq!(parse(&short), short.parse::<f64>().ok());
        }
    }
}
