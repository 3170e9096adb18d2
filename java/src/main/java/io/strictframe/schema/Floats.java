package io.strictframe.schema;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.erdtman.jcs.NumberToJSON;

/** The shortest decimal of a binary32, spelt as ECMAScript spells numbers. */
final class Floats {
    private static final int MAX_DIGITS = 9;

    private Floats() {
    }

    /** @throws IOException when the value is not finite */
    static String shortest(float value) throws IOException {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MAX_DIGITS; digits++) {
            BigDecimal below = exact.round(new MathContext(digits, RoundingMode.FLOOR));
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.CEILING));
            BigDecimal near = exact.subtract(below).compareTo(above.subtract(exact)) <= 0 ? below : above;
            BigDecimal far = near == below ? above : below;
            for (BigDecimal candidate : new BigDecimal[] {near, far}) {
                if (candidate.floatValue() == value) {
                    // At most nine digits: the double nearest to them has them as its own shortest decimal.
                    return NumberToJSON.serializeNumber(candidate.doubleValue());
                }
            }
        }
        return NumberToJSON.serializeNumber(exact.round(new MathContext(MAX_DIGITS, RoundingMode.HALF_EVEN)).doubleValue());
    }
}
