//! Numbers of JSON, exactly.

/// Whether a text is a number of the JSON grammar.
pub(super) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let exponent = exponent.map(|it| it.strip_prefix(['+', '-']).unwrap_or(it));
    let is_whole = is_digits(whole) && (whole == "0" || !whole.starts_with('0'));
    is_whole && fraction.is_none_or(is_digits) && exponent.is_none_or(is_digits)
}

/// The integer that a number of the JSON grammar is, however it is spelt; nothing when it is none or beyond 20 digits.
pub(super) fn integer(text: &str) -> Option<i128> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.into());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let mut number = 0_i128;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = i128::from(byte.checked_sub(b'0')?);
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    let mut places = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    // Zeros at the end of the digits may stand for places behind the point, as in 100e-2.
    while places.is_negative() && number != 0 && number.rem_euclid(10) == 0 {
        number = number.div_euclid(10);
        places = places.checked_add(1)?;
    }
    let scale = match u32::try_from(places) {
        _ if number == 0 => 1,
        Ok(places) => 10_i128.checked_pow(places)?,
        Err(_) => return None,
    };
    number = number.checked_mul(scale).filter(|number| *number < BEYOND)?;
    if text.starts_with('-') { number.checked_neg() } else { Some(number) }
}

const BEYOND: i128 = 100_000_000_000_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_one_however_it_is_spelt() {
        for (text, number) in [
            ("0", 0),
            ("-0", 0),
            ("0e999", 0),
            ("0.000", 0),
            ("1e3", 1000),
            ("1.5E+1", 15),
            ("100e-2", 1),
            ("-12.0", -12),
            ("18446744073709551615", 18_446_744_073_709_551_615),
            ("1844674407370955161.5e1", 18_446_744_073_709_551_615),
            ("-9223372036854775808", -9_223_372_036_854_775_808),
        ] {
            assert!(is_number(text), "{text}");
            assert_eq!(integer(text), Some(number), "{text}");
        }
        for text in ["1.5", "1e-1", "105e-2", "1e20", "1e999999999999", "1e99999999999999999999"] {
            assert!(is_number(text), "{text}");
            assert_eq!(integer(text), None, "{text}");
        }
        for text in ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", " 1", "1 ", "0x1", "1_0", "--1"]
        {
            assert!(!is_number(text), "{text}");
        }
    }
}
