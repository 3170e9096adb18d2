package io.strictframe.schema;

import java.math.BigInteger;

/**
 * The value of a JSON number: its significant digits and the power of ten of the last of them. It is made from text alone,
 * in time that grows with the length of the text, whatever the exponent says.
 */
record DecimalText(boolean negative, String digits, BigInteger exponent) {
    static DecimalText of(String text) {
        boolean negative = text.startsWith("-");
        int exponentAt = Math.max(text.indexOf('e'), text.indexOf('E'));
        String mantissa = text.substring(negative ? 1 : 0, exponentAt < 0 ? text.length() : exponentAt);
        int point = mantissa.indexOf('.');
        long fraction = point < 0 ? 0 : mantissa.length() - point - 1;
        String digits = point < 0 ? mantissa : mantissa.substring(0, point) + mantissa.substring(point + 1);
        int start = 0;
        while (start < digits.length() && digits.charAt(start) == '0') {
            start++;
        }
        int end = digits.length();
        while (end > start && digits.charAt(end - 1) == '0') {
            end--;
        }
        if (start == end) {
            return new DecimalText(false, "", BigInteger.ZERO);
        }
        BigInteger exponent = exponentAt < 0 ? BigInteger.ZERO : exponent(text.substring(exponentAt + 1));
        return new DecimalText(negative, digits.substring(start, end),
            exponent.add(BigInteger.valueOf(digits.length() - end - fraction)));
    }

    boolean isZero() {
        return digits.isEmpty();
    }

    private static BigInteger exponent(String text) {
        String digits = text.replaceFirst("^[+-]", "").replaceFirst("^0*+(?=[0-9])", "");
        // No text is long enough to make up for an exponent of nineteen digits: the number is none of binary64.
        BigInteger size = new BigInteger(digits.length() > 18 ? "9".repeat(19) : digits);
        return text.startsWith("-") ? size.negate() : size;
    }
}
