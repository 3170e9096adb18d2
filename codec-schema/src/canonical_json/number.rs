//! Which numbers binary64 holds, decided on the digits of the text and never by rounding (KEY-4).

use alloc::format;
use alloc::string::String;

/// The number that `text` says, when the shortest form that reads back as the nearest binary64
/// is numerically equal to it; `None` otherwise.
///
/// `text` is a number of the JSON grammar. `0.1` is held in this sense, and
/// `0.1000000000000000055`, which rounds to the same binary64, is not.
// SPEC [KEY-4]: both sides are compared as decimals.
pub(super) fn exact(text: &str) -> Option<f64> {
    let decimal = Decimal::of(text)?;
    // Digits and exponent instead of the text itself: what is parsed here is at most 40 bytes,
    // and leading or trailing zeros by the thousand cannot reach a limit of the parser.
    let magnitude: f64 = format!("{}e{}", decimal.digits, decimal.exponent).parse().ok()?;
    let held = magnitude.is_finite() && Decimal::of(canonical(magnitude).as_str()) == Some(decimal);
    held.then(|| if text.starts_with('-') { -magnitude } else { magnitude })
}

/// The form that RFC 8785 gives to a finite number: that of ECMAScript's `Number::toString`.
pub(super) fn canonical(number: f64) -> String {
    ryu_js::Buffer::new().format_finite(number).into()
}

/// The magnitude `digits * 10^exponent`, with no zero at the end of `digits`; zero is `0 * 10^0`.
/// Each magnitude has one such form, so equal forms are equal numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Decimal {
    digits: u64,
    exponent: i64,
}

impl Decimal {
    const ZERO: Self = Self { digits: 0, exponent: 0 };

    /// The magnitude of `text`, a number of the JSON grammar; `None` when its significant digits
    /// do not fit, which are then more than the 17 that a canonical form has at most.
    fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = 0_u64;
        let mut zeros = 0_i64; // behind the last other digit: they count once one follows
        for byte in integer.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
            let digit = byte.saturating_sub(b'0');
            if digit != 0 {
                let places = u32::try_from(zeros).ok()?.checked_add(1)?;
                let before = digits.checked_mul(10_u64.checked_pow(places)?)?;
                digits = before.checked_add(digit.into())?;
                zeros = 0;
            } else if digits != 0 {
                zeros = zeros.saturating_add(1);
            }
        }
        if digits == 0 {
            return Some(Self::ZERO);
        }
        let exponent = saturating_exponent(exponent)
            .saturating_sub(i64::try_from(fraction.len()).ok()?)
            .saturating_add(zeros);
        Some(Self { digits, exponent })
    }
}

/// An exponent that does not fit becomes the nearest one that does, which is as far out of the
/// range of binary64.
fn saturating_exponent(text: &str) -> i64 {
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    text.parse().unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_numbers_that_rfc_8785_lists_are_printed_as_it_says() {
        // SPEC [KEY-3]: the binary64 of the left column, as 64 bits, is the text of the right one.
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            let number = f64::from_bits(bits);
            assert_eq!(canonical(number), text);
            assert_eq!(exact(text), Some(number), "{text} reads back");
        }
    }

    #[test]
    fn a_number_counts_as_held_by_its_decimal_digits_alone() {
        // SPEC [KEY-4]: equal in number, however it is spelt.
        let zeros = "0".repeat(2000);
        for (text, form) in [
            ("-0", "0"),
            ("-0.0e-7", "0"),
            ("0e99999999999999999999", "0"),
            ("1.0", "1"),
            ("1E0", "1"),
            ("-1.50", "-1.5"),
            ("10e-1", "1"),
            ("0.1", "0.1"),
            ("100e-3", "0.1"),
            ("1e21", "1e+21"),
            ("1e+23", "1e+23"),
            ("9007199254740992", "9007199254740992"),
            ("9007199254740994", "9007199254740994"),
            ("1.7976931348623157E308", "1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
            ("590511070590474.2", "590511070590474.2"),
            (&std::format!("0.{zeros}7e2001"), "7"),
            (&std::format!("7{zeros}e-2000"), "7"),
            (&std::format!("7.{zeros}"), "7"),
        ] {
            let number = exact(text).unwrap();
            assert_eq!(canonical(number), form, "{text}");
        }
    }

    #[test]
    fn a_number_that_binary64_would_change_is_not_held() {
        // SPEC [KEY-4]: out of range, between two binary64, or with digits that say nothing more.
        let nines = "9".repeat(5000);
        for text in [
            "9007199254740993",
            "-9007199254740993",
            "590511070590474.25", // a binary64, whose shortest form ends in .2
            "590511070590474.3",  // as near, and not even
            "295147905179352825856", // 2^68, whose shortest form ends in 830000
            "0.1000000000000000055",
            "0.1000000000000000055511151231257827021181583404541015625",
            "333333333.33333329",
            "1e400",
            "-1e400",
            "1E-400",
            "2e-324",
            "1.7976931348623159e308",
            "1.79769313486231570e309",
            "1e9223372036854775808",
            "1e-9223372036854775809",
            "18446744073709551615",
            "18446744073709551616",
            "184467440737095516150000000000000000000001",
            &nines,
            &std::format!("0.{nines}"),
            &std::format!("1e{nines}"),
            &std::format!("1e-{nines}"),
        ] {
            assert_eq!(exact(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_finite_number_has_the_layout_of_ecmascript(bits: u64, quarters in 0_u64..1 << 53) {
            // SPEC [KEY-3]: against the digits that `core` finds. Many a quarter is a tie.
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            prop_assert_eq!(canonical(number), layout(number));
            prop_assert_eq!(canonical(quarters as f64 / 4.0), layout(quarters as f64 / 4.0));
            prop_assert_eq!(exact(&canonical(number)), Some(number));
        }

        #[test]
        fn integers_are_held_exactly_when_no_conversion_changes_them(number in -(1_i64 << 55)..1 << 55) {
            // SPEC [KEY-4]: below 2^55 about every other integer is one that binary64 lacks.
            let shortest = std::format!("{}", number as f64);
            let held = exact(&number.to_string()).is_some();
            prop_assert_eq!(held, shortest == number.to_string());
        }
    }

    /// `Number::toString` of ECMAScript, from the digits and exponent that `core` finds.
    fn layout(number: f64) -> String {
        if number == 0.0 {
            return "0".into();
        }
        // Of two shortest forms that are as near ECMAScript takes the even one, and `core` takes
        // it only when it is told how many digits there are.
        let shortest = std::format!("{:e}", number.abs());
        let places = shortest.split_once('e').unwrap().0.len().saturating_sub(2);
        let nearest = std::format!("{:.places$e}", number.abs());
        let (mantissa, exponent) = nearest.split_once('e').unwrap();
        let digits = mantissa.replace('.', "");
        let (count, point) = (digits.len() as i32, exponent.parse::<i32>().unwrap() + 1);
        let zeros = |count: i32| "0".repeat(count as usize);
        let plain = match point {
            _ if count <= point && point <= 21 => digits + &zeros(point - count),
            1..=21 => {
                let (integer, fraction) = digits.split_at(point as usize);
                std::format!("{integer}.{fraction}")
            }
            -5..=0 => std::format!("0.{}{digits}", zeros(-point)),
            _ => {
                let (first, rest) = digits.split_at(1);
                let dot = if rest.is_empty() { "" } else { "." };
                std::format!("{first}{dot}{rest}e{:+}", point - 1)
            }
        };
        if number < 0.0 { std::format!("-{plain}") } else { plain }
    }
}
