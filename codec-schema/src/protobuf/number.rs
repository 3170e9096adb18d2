//! Whether a text is how ECMAScript writes a floating-point number, by exact arithmetic (SPEC KEY-6).
//!
//! Printing the number that the text stands for and comparing would take tables of ten kilobytes to read it and a second printer; a module for the
//! web has that much code for all records. Defaults of floating-point fields are few and may take their microseconds.

use alloc::string::{String, ToString};
use core::cmp::Ordering;

mod whole;

use self::whole::Whole;

/// A binary format: the bits of its fraction with the hidden one, and the exponents of its smallest and largest unit.
#[derive(Clone, Copy)]
pub(super) struct Format {
    precision: u32,
    smallest: i32,
    largest: i32,
    /// Decimal numbers of fewer units, whose point is within so many places of the first digit, are each nearest to another number, and closest to it.
    few: u64,
    near: u32,
}

impl Format {
    pub(super) const BINARY32: Self =
        Self { precision: 24, smallest: -149, largest: 104, few: 1_000_000, near: 30 };
    pub(super) const BINARY64: Self = Self {
        precision: 53,
        smallest: -1074,
        largest: 971,
        few: 1_000_000_000_000_000,
        near: 280,
    };
}

/// Whether `text` is what ECMAScript prints for the number of that format that is nearest to it; both zeros are, as `0` and `-0`.
pub(super) fn is_shortest(text: &str, format: Format) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits == "0" {
        return true;
    }
    let Some(decimal) = Decimal::read(digits) else { return false };
    // One way to write a decimal number.
    if decimal.written() != digits {
        return false;
    }
    let exponent = decimal.exponent;
    if decimal.units < format.few && exponent.unsigned_abs() <= format.near {
        return true;
    }
    // Far beyond both formats.
    if exponent.unsigned_abs() > MOST_EXPONENT {
        return false;
    }
    let Some(number) = decimal.nearest(format) else { return false };
    // Of the numbers with one digit less, the two beside it are the ones that could stand for the same.
    let shorter = decimal.units.checked_div(10).unwrap_or_default();
    let is_shorter = [shorter, shorter.saturating_add(1)].into_iter().any(|units| {
        units != 0 && number.has(Decimal { units, exponent: exponent.saturating_add(1) })
    });
    !is_shorter && number.is_closest(decimal)
}

/// `units` times ten to the power of `exponent`.
#[derive(Clone, Copy)]
struct Decimal {
    units: u64,
    exponent: i32,
}

impl Decimal {
    /// The number that digits, a point and an exponent stand for, without zeros at its end. No more digits than the longest shortest form has.
    fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i16>().ok()?.into()),
            None => (text, 0_i32),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let (mut units, mut zeros) = (0_u64, 0_i32);
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = char::from(byte).to_digit(10)?;
            zeros = zeros.saturating_add(1);
            if digit != 0 {
                let ten = 10_u64.checked_pow(u32::try_from(zeros).ok()?);
                // Only zeros stood before the first digit.
                units = if units == 0 { 0 } else { units.checked_mul(ten?)? };
                units = units.checked_add(digit.into())?;
                zeros = 0;
            }
        }
        let behind = i32::try_from(fraction.len()).ok()?;
        let exponent = exponent.checked_sub(behind)?.checked_add(zeros)?;
        (units != 0 && units < MOST_UNITS).then_some(Self { units, exponent })
    }

    /// As ECMAScript writes it (Number::toString).
    fn written(self) -> String {
        let digits = self.units.to_string();
        let digits = digits.as_str();
        let count = i32::try_from(digits.len()).unwrap_or_default();
        // Where the point stands, from the first digit.
        let point = count.saturating_add(self.exponent);
        let zeros = |count: i32| core::iter::repeat_n('0', usize::try_from(count).unwrap_or(0));
        let mut text = String::new();
        if (count..=21).contains(&point) {
            text.push_str(digits);
            text.extend(zeros(self.exponent));
        } else if (1..=21).contains(&point) {
            let (whole, fraction) =
                digits.split_at_checked(usize::try_from(point).unwrap_or(0)).unwrap_or_default();
            text.extend([whole, ".", fraction]);
        } else if (-5..=0).contains(&point) {
            text.push_str("0.");
            text.extend(zeros(point.saturating_neg()));
            text.push_str(digits);
        } else {
            let (first, fraction) = digits.split_at_checked(1).unwrap_or_default();
            text.push_str(first);
            if !fraction.is_empty() {
                text.extend([".", fraction]);
            }
            let power = point.saturating_sub(1);
            text.push_str(if power.is_negative() { "e-" } else { "e+" });
            text.push_str(&power.unsigned_abs().to_string());
        }
        text
    }

    /// The nearest number of a format, of two the even one; nothing where that is 0 or beyond all.
    fn nearest(self, format: Format) -> Option<Binary> {
        // A whole number divided by another: what is divided is made so long that the quotient has a bit more than the precision, or two.
        let (mut above, mut below) = self.fraction();
        let length = |number: &Whole| i32::try_from(number.bits()).unwrap_or(i32::MAX);
        let precision = i32::try_from(format.precision).ok()?;
        let exponent = length(&above).checked_sub(length(&below))?.checked_sub(precision)?;
        let exponent = exponent.saturating_sub(1).max(format.smallest.saturating_sub(1));
        match u32::try_from(exponent) {
            Ok(shift) => below.shift(shift),
            Err(_) => above.shift(exponent.unsigned_abs()),
        }
        let (quotient, is_exact) = above.divided(&below)?;
        // Rounded to the precision, or to the smallest unit there is.
        let bits = u64::BITS.saturating_sub(quotient.leading_zeros());
        let surplus = bits.saturating_sub(format.precision).max(1);
        let half = 1_u64.checked_shl(surplus.checked_sub(1)?)?;
        let cut = quotient & half.checked_mul(2)?.checked_sub(1)?;
        let mut fraction = quotient.checked_shr(surplus)?;
        let is_up = match cut.cmp(&half) {
            Ordering::Less => false,
            Ordering::Equal => !is_exact || fraction & 1 == 1,
            Ordering::Greater => true,
        };
        fraction = fraction.checked_add(is_up.into())?;
        let mut exponent = exponent.checked_add(i32::try_from(surplus).ok()?)?;
        if fraction == 1_u64.checked_shl(format.precision)? {
            fraction = fraction.checked_shr(1)?;
            exponent = exponent.saturating_add(1);
        }
        let is_there = fraction != 0 && exponent <= format.largest;
        is_there.then_some(Binary { fraction, exponent, format })
    }

    /// The same as a fraction of two whole numbers.
    fn fraction(self) -> (Whole, Whole) {
        let (mut above, mut below) = (Whole::new(self.units), Whole::new(1));
        let scaled = if self.exponent.is_negative() { &mut below } else { &mut above };
        scaled.times_ten(self.exponent.unsigned_abs());
        (above, below)
    }
}

/// `fraction` times two to the power of `exponent`.
#[derive(Clone, Copy)]
struct Binary {
    fraction: u64,
    exponent: i32,
    format: Format,
}

impl Binary {
    /// Whether a decimal number is rounded to this one.
    fn has(self, decimal: Decimal) -> bool {
        decimal.nearest(self.format).is_some_and(|nearest| {
            nearest.fraction == self.fraction && nearest.exponent == self.exponent
        })
    }

    /// Whether no other decimal number of as many digits that is rounded to this one is closer; of two the even one.
    fn is_closest(self, decimal: Decimal) -> bool {
        let Decimal { units, exponent } = decimal;
        let is_even = units & 1 == 0;
        [(-1, -5, Ordering::Less), (1, 5, Ordering::Greater)].into_iter().all(
            |(step, half, outside)| {
                let half_way = units.saturating_mul(10).saturating_add_signed(half);
                let order =
                    self.order(Decimal { units: half_way, exponent: exponent.saturating_sub(1) });
                let is_within = order != outside && (is_even || order != Ordering::Equal);
                // Below a power of two the numbers are closer together, and what is closer may stand for another one.
                is_within
                    || !self.has(Decimal { units: units.saturating_add_signed(step), exponent })
            },
        )
    }

    fn order(self, decimal: Decimal) -> Ordering {
        let (mut above, below) = decimal.fraction();
        // fraction * 2^exponent against above / below
        let mut own = below.times(self.fraction);
        match u32::try_from(self.exponent) {
            Ok(shift) => own.shift(shift),
            Err(_) => above.shift(self.exponent.unsigned_abs()),
        }
        own.order(&above)
    }
}

const MOST_EXPONENT: u32 = 400;
/// Seventeen digits are enough for every number of 64 bits.
const MOST_UNITS: u64 = 100_000_000_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    use proptest::prelude::*;

    fn printed(number: f64) -> String {
        ryu_js::Buffer::new().format(number).to_owned()
    }

    fn printed_single(number: f32) -> String {
        ryu_js::Buffer::new().format(number).to_owned()
    }

    /// What the tables say of a text.
    fn known(text: &str) -> bool {
        let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        is_decimal && (text == "-0" || text.parse().is_ok_and(|number| printed(number) == text))
    }

    fn known_single(text: &str) -> bool {
        let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        let narrow = text.parse().is_ok_and(|number| printed_single(number) == text);
        is_decimal && (text == "-0" || narrow)
    }

    #[test]
    fn the_ends_of_both_formats_and_what_lies_between_them_are_told_apart() {
        for text in [
            "0",
            "-0",
            "1",
            "-1",
            "0.1",
            "1e21",
            "100000000000000000000",
            "1e-7",
            "0.000001",
            "5e-324",
            "2.2250738585072014e-308",
            "1.7976931348623157e+308",
            "9007199254740993",
            "2251799813685248.2",
            "2251799813685248.3",
            // Exactly between two: of these the even one.
            "1125899906842624.2",
            "1125899906842624.3",
            "1125899906842624.7",
            "1125899906842624.8",
            "1e23",
            "9.5367431640625e-7",
            "1.7976931348623159e+308",
            "4e-324",
            "2e-324",
            "01",
            "1.0",
            "+1",
            "1e5",
            "1E22",
            "1e+22",
            ".5",
            "5.",
            "",
            "-",
            "e",
            "1e",
            "1e+",
            "0.30000000000000004",
            "0.3",
            "1e-45",
            "3.4028235e+38",
            "3.4028236e+38",
            "16777217",
            "16777216",
            "1e400",
            "1e-400",
            "00",
            "1e99999",
            "1e99999999999",
            "8.5e-7",
            "1e+-5",
        ] {
            assert_eq!(is_shortest(text, Format::BINARY64), known(text), "{text}");
            assert_eq!(is_shortest(text, Format::BINARY32), known_single(text), "{text}");
        }
    }

    #[test]
    fn half_way_between_two_numbers_is_rounded_to_the_even_one() {
        // IEEE 754, roundTiesToEven.
        let nearest = |units| {
            let found = Decimal { units, exponent: 0 }.nearest(Format::BINARY32);
            found.map(|found| found.fraction << found.exponent.max(0) >> (-found.exponent).max(0))
        };
        assert_eq!(nearest(16_777_217), Some(16_777_216));
        assert_eq!(nearest(16_777_219), Some(16_777_220));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_found_so_and_its_neighbours_are_not(bits in any::<u64>(), at in any::<prop::sample::Index>(), digit in b'0'..=b'9') {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let text = printed(number);
            prop_assert!(number == 0.0 || is_shortest(&text, Format::BINARY64), "{}", text);
            let mut other = text.into_bytes();
            let place = at.index(other.len());
            other[place] = digit;
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(is_shortest(&other, Format::BINARY64), known(&other), "{}", other);
        }

        #[test]
        fn so_it_is_with_32_bits(bits in any::<u32>(), at in any::<prop::sample::Index>(), digit in b'0'..=b'9') {
            let number = f32::from_bits(bits);
            prop_assume!(number.is_finite());
            let text = printed_single(number);
            prop_assert!(number == 0.0 || is_shortest(&text, Format::BINARY32), "{}", text);
            let mut other = text.into_bytes();
            let place = at.index(other.len());
            other[place] = digit;
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(is_shortest(&other, Format::BINARY32), known_single(&other), "{}", other);
        }

        #[test]
        fn texts_of_few_digits_are_judged_as_by_the_tables(text in "-?[0-9]{1,3}(\\.[0-9]{1,18})?(e[+-]?[0-9]{1,3})?") {
            prop_assert_eq!(is_shortest(&text, Format::BINARY64), known(&text), "{}", text);
            prop_assert_eq!(is_shortest(&text, Format::BINARY32), known_single(&text), "{}", text);
        }

        #[test]
        fn powers_of_two_have_uneven_neighbours(power in -1074_i32..=1023, by in -2_i64..=2) {
            let bits = if power < -1022 { 1_u64 << (power + 1074) } else { u64::try_from(power + 1023).unwrap() << 52 };
            let number = f64::from_bits(bits.saturating_add_signed(by));
            prop_assume!(number.is_finite() && number != 0.0);
            let text = printed(number);
            prop_assert!(is_shortest(&text, Format::BINARY64), "{}", text);
        }
    }
}
