package io.strictframe;

/** How a payload is stored: the high nibble of byte 3. */
public enum Codec {
    NONE, LZ4, ZSTD;

    /** The codec of that number, or null where it is unassigned. */
    static Codec of(int number) {
        return number < values().length ? values()[number] : null;
    }

    public int number() {
        return ordinal();
    }
}
