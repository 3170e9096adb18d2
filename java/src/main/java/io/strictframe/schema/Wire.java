package io.strictframe.schema;

import io.strictframe.ErrorKind;
import io.strictframe.Refusal;

/** The bytes of a payload, read from left to right; every read ends with the innermost length that the reader is in (PAY-2). */
final class Wire {
    private static final int MAX_VARINT_LEN = 10;

    private final byte[] payload;
    private int at;
    private int end;

    Wire(byte[] payload) {
        this.payload = payload;
        this.end = payload.length;
    }

    int at() {
        return at;
    }

    boolean atEnd() {
        return at == end;
    }

    byte[] payload() {
        return payload;
    }

    /** A number of 64 bits. */
    long varint() {
        int start = at;
        long value = 0;
        for (int index = 0; at < end && index < MAX_VARINT_LEN; index++) {
            int next = payload[at++] & 0xff;
            value |= (long) (next & 0x7f) << 7 * index;
            if (next < 0x80) {
                boolean padded = next == 0 && index > 0;
                boolean tooLarge = index == MAX_VARINT_LEN - 1 && next > 1;
                return require(!padded && !tooLarge, start, value);
            }
        }
        throw Refusal.at(ErrorKind.PayloadSyntax, start);
    }

    /** A tag; its field number is not 0 and its wire type is assigned. */
    long tag() {
        int start = at;
        long tag = varint();
        boolean sound = tag >>> 32 == 0 && tag >>> 3 != 0 && (tag & 7) < 6;
        return require(sound, start, tag);
    }

    /** Four or eight bytes as a number. */
    long fixed(int len) {
        require(end - at >= len, at, 0);
        long value = 0;
        for (int index = 0; index < len; index++) {
            value |= (payload[at++] & 0xffL) << 8 * index;
        }
        return value;
    }

    /** A length that the bytes left can hold. */
    int length() {
        int start = at;
        long length = varint();
        return (int) require(length >= 0 && length <= end - at, start, length);
    }

    void step(int len) {
        at += len;
    }

    /** What is left ends {@code len} bytes from here; gives the end that it had. */
    int enter(int len) {
        int outer = end;
        end = at + len;
        return outer;
    }

    void leave(int outer) {
        end = outer;
    }

    private static long require(boolean holds, int offset, long value) {
        if (!holds) {
            throw Refusal.at(ErrorKind.PayloadSyntax, offset);
        }
        return value;
    }
}
