package io.strictframe;

/** What a reader takes at most: lengths in bytes, and the number of definitions held from a stream (SPEC section 11). */
public record Limits(long body, long raw, long schemas, long dictionaries) {
    /** No body and no payload is longer, whatever is configured: 2^26. */
    public static final long FORMAT_MAXIMUM = 1L << 26;
    public static final Limits DEFAULT = new Limits(4L << 20, 4L << 20, 4096, 16);
    public static final Limits TINY = new Limits(64L << 10, 64L << 10, 16, 1);

    public Limits {
        if (body < 0 || raw < 0 || schemas < 0 || dictionaries < 0) {
            throw new IllegalArgumentException("a limit is below zero");
        }
    }

    long effectiveBody() {
        return Math.min(body, FORMAT_MAXIMUM);
    }

    long effectiveRaw() {
        return Math.min(raw, FORMAT_MAXIMUM);
    }
}
