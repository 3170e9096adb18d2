package io.strictframe.schema;

import io.strictframe.Bytes;
import io.strictframe.ErrorKind;
import io.strictframe.Refusal;
import java.nio.charset.StandardCharsets;

/** Values that are no messages: numbers, enums, text and bytes (PAY-9, PAY-10). */
final class Scalars {
    private final Wire wire;
    private final ProtoSchema schema;

    Scalars(Wire wire, ProtoSchema schema) {
        this.wire = wire;
        this.schema = schema;
    }

    /**
     * Reads one value and gives what it equals: a number, or a string with one character for each byte. Both are ordered,
     * so that no choice of keys makes a set of them slow.
     */
    Object read(FieldType type) {
        int start = wire.at();
        if (type instanceof FieldType.Enum of) {
            int number = int32(wire.varint(), start);
            Declared.Enum declared = schema.enumOf(of.full());
            if (!declared.isOpen() && !declared.values().containsKey(number)) {
                throw Refusal.at(ErrorKind.PayloadEnum, start);
            }
            return (long) number;
        }
        ScalarType scalar = ((FieldType.Scalar) type).type();
        return switch (scalar) {
            case FIXED32, SFIXED32, FLOAT -> wire.fixed(4);
            case FIXED64, SFIXED64, DOUBLE -> wire.fixed(8);
            case INT64, UINT64, SINT64 -> wire.varint();
            case INT32 -> (long) int32(wire.varint(), start);
            case UINT32, SINT32 -> atMost(0xffff_ffffL, wire.varint(), start);
            case BOOL -> atMost(1, wire.varint(), start);
            case BYTES, STRING, STRING_UNVERIFIED -> text(scalar);
        };
    }

    /** What an absent key equals: 0, false or empty. */
    static Object absentKey(ScalarType key) {
        return key.wireType() == 2 ? (Object) "" : (Object) 0L;
    }

    private static int int32(long value, int start) {
        if (value != (int) value) {
            throw Refusal.at(ErrorKind.PayloadRange, start);
        }
        return (int) value;
    }

    private static long atMost(long highest, long value, int start) {
        if (Long.compareUnsigned(value, highest) > 0) {
            throw Refusal.at(ErrorKind.PayloadRange, start);
        }
        return value;
    }

    private String text(ScalarType type) {
        int len = wire.length();
        int start = wire.at();
        wire.step(len);
        int broken = type == ScalarType.STRING ? Bytes.firstNotUtf8(wire.payload(), start, start + len) : -1;
        if (broken >= 0) {
            throw Refusal.at(ErrorKind.PayloadUtf8, broken);
        }
        return new String(wire.payload(), start, len, StandardCharsets.ISO_8859_1);
    }
}
