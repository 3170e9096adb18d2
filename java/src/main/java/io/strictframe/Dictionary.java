package io.strictframe;

import java.util.Arrays;

/** A dictionary of 1..2^20 bytes and the id that follows from them (SPEC section 6). */
public final class Dictionary {
    static final int MAX_LEN = 1 << 20;

    private final byte[] bytes;
    private final String id;

    /** @throws IllegalArgumentException when there are no bytes, or more than 2^20 */
    public Dictionary(byte[] bytes) {
        if (bytes.length < 1 || bytes.length > MAX_LEN) {
            throw new IllegalArgumentException("a dictionary has 1 to 2^20 bytes");
        }
        this.bytes = bytes.clone();
        this.id = Bytes.hex(Arrays.copyOf(Bytes.sha256(bytes), 4));
    }

    /** Eight lower-case hexadecimal digits. */
    public String id() {
        return id;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dictionary that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}
