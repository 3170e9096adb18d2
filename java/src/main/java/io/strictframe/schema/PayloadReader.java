package io.strictframe.schema;

import io.strictframe.ErrorKind;
import io.strictframe.Refusal;
import io.strictframe.schema.Field.Label;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Judges one record under the descriptor of its schema (SPEC section 13). Offsets count from the first byte of the payload. */
public final class PayloadReader {
    /** The fields that the schema does not have, and the offset of the tag of the first of them. */
    public record Unknown(long count, OptionalLong first) {
    }

    /** What stood in one message so far. */
    private static final class Seen {
        private final Set<Integer> fields = new HashSet<>();
        private final Map<String, Integer> arms = new HashMap<>();
        private final Map<Integer, Set<Object>> keys = new HashMap<>();
    }

    private static final int MAX_LEVEL = 64;
    private static final int NO_GROUP = -1;

    private final ProtoSchema schema;
    private final Wire wire;
    private final Scalars scalars;
    private long unknownCount;
    private long firstUnknown = -1;

    private PayloadReader(ProtoSchema schema, byte[] payload) {
        this.schema = schema;
        this.wire = new Wire(payload);
        this.scalars = new Scalars(wire, schema);
    }

    /**
     * The unknown fields of a record that nothing is wrong with.
     *
     * @param exact whether the writer says it had this very schema (PAY-12)
     * @throws Refusal the first of the payload kinds that the bytes call for
     */
    public static Unknown read(ProtoSchema schema, byte[] payload, boolean exact) {
        PayloadReader reader = new PayloadReader(schema, payload);
        reader.message(schema.root(), 1, NO_GROUP, 0);
        if (exact && reader.unknownCount > 0) {
            throw Refusal.at(ErrorKind.PayloadUnknown, reader.firstUnknown);
        }
        return new Unknown(reader.unknownCount,
            reader.unknownCount > 0 ? OptionalLong.of(reader.firstUnknown) : OptionalLong.empty());
    }

    /** Reads up to the end of what is left, or of the group that began with the tag at {@code groupTag}. */
    private void message(Declared.Message type, int level, int group, int groupTag) {
        Seen seen = new Seen();
        while (true) {
            int tagAt = wire.at();
            if (wire.atEnd()) {
                refuseIf(group != NO_GROUP, ErrorKind.PayloadSyntax, groupTag); // SPEC [PAY-3]
                requireAll(type, seen, tagAt);
                return;
            }
            long tag = wire.tag();
            int number = (int) (tag >>> 3);
            int wireType = (int) tag & 7;
            if (wireType == 4) {
                refuseIf(number != group, ErrorKind.PayloadSyntax, tagAt);
                requireAll(type, seen, tagAt);
                return;
            }
            Field field = type.fields().get(number);
            if (field == null) {
                unknown(number, wireType, level, tagAt);
            } else {
                known(field, wireType, seen, level, tagAt);
            }
        }
    }

    // SPEC [PAY-11]
    private static void requireAll(Declared.Message type, Seen seen, int end) {
        for (Field field : type.fields().values()) {
            refuseIf(field.label() == Label.REQUIRED && !seen.fields.contains(field.number()), ErrorKind.PayloadRequired, end);
        }
    }

    // SPEC [PAY-1]: the order in which one field is judged.
    private void known(Field field, int wireType, Seen seen, int level, int tagAt) {
        FieldType type = field.type();
        boolean together = wireType == 2 && field.isRepeated() && type.isPackable();
        refuseIf(wireType != type.wireType() && !together, ErrorKind.PayloadWireType, tagAt);
        boolean first = seen.fields.add(field.number());
        refuseIf(!first && !field.isRepeated(), ErrorKind.PayloadTwice, tagAt);
        if (field.oneof() != null) {
            refuseIf(seen.arms.putIfAbsent(field.oneof(), field.number()) != null, ErrorKind.PayloadOneof, tagAt);
        }
        if (type instanceof FieldType.Map map) {
            refuseIf(map.value() instanceof FieldType.Message && level == MAX_LEVEL, ErrorKind.PayloadDepth, tagAt);
            Object key = entry(map, level);
            boolean fresh = seen.keys.computeIfAbsent(field.number(), none -> new HashSet<>()).add(key);
            refuseIf(!fresh, ErrorKind.PayloadTwice, tagAt); // SPEC [PAY-8]
        } else if (together) {
            int outer = wire.enter(wire.length());
            while (!wire.atEnd()) {
                scalars.read(type);
            }
            wire.leave(outer);
        } else {
            value(type, field.number(), level, tagAt);
        }
    }

    private void value(FieldType type, int number, int level, int tagAt) {
        if (type instanceof FieldType.Message message) {
            refuseIf(level == MAX_LEVEL, ErrorKind.PayloadDepth, tagAt);
            int outer = wire.enter(wire.length());
            message(schema.message(message.full()), level + 1, NO_GROUP, 0);
            wire.leave(outer);
        } else if (type instanceof FieldType.Group group) {
            refuseIf(level == MAX_LEVEL, ErrorKind.PayloadDepth, tagAt);
            message(schema.message(group.full()), level + 1, number, tagAt);
        } else {
            scalars.read(type);
        }
    }

    // SPEC [PAY-8]: an entry, and what its key equals.
    private Object entry(FieldType.Map map, int level) {
        int outer = wire.enter(wire.length());
        Object key = null;
        boolean hasValue = false;
        while (!wire.atEnd()) {
            int tagAt = wire.at();
            long tag = wire.tag();
            int number = (int) (tag >>> 3);
            int wireType = (int) tag & 7;
            refuseIf(wireType == 4, ErrorKind.PayloadSyntax, tagAt);
            if (number > 2) {
                unknown(number, wireType, level, tagAt);
                continue;
            }
            FieldType type = number == 1 ? new FieldType.Scalar(map.key()) : map.value();
            refuseIf(wireType != type.wireType(), ErrorKind.PayloadWireType, tagAt);
            refuseIf(number == 1 ? key != null : hasValue, ErrorKind.PayloadTwice, tagAt);
            if (number == 1) {
                key = scalars.read(type);
            } else {
                hasValue = true;
                value(type, number, level, tagAt);
            }
        }
        if (!hasValue && map.value() instanceof FieldType.Message absent) {
            requireAll(schema.message(absent.full()), new Seen(), wire.at());
        }
        wire.leave(outer);
        return key != null ? key : Scalars.absentKey(map.key());
    }

    // SPEC [PAY-12]
    private void unknown(int number, int wireType, int level, int tagAt) {
        firstUnknown = unknownCount == 0 ? tagAt : firstUnknown;
        unknownCount++;
        stepOver(number, wireType, level, tagAt);
    }

    private void stepOver(int number, int wireType, int level, int tagAt) {
        switch (wireType) {
            case 0 -> wire.varint();
            case 1 -> wire.fixed(8);
            case 2 -> wire.step(wire.length());
            case 3 -> stepOverGroup(number, level, tagAt);
            default -> wire.fixed(4);
        }
    }

    private void stepOverGroup(int group, int level, int groupTag) {
        refuseIf(level == MAX_LEVEL, ErrorKind.PayloadDepth, groupTag); // SPEC [PAY-4]
        while (true) {
            int tagAt = wire.at();
            refuseIf(wire.atEnd(), ErrorKind.PayloadSyntax, groupTag);
            long tag = wire.tag();
            int number = (int) (tag >>> 3);
            if ((tag & 7) == 4) {
                refuseIf(number != group, ErrorKind.PayloadSyntax, tagAt);
                return;
            }
            stepOver(number, (int) tag & 7, level + 1, tagAt);
        }
    }

    private static void refuseIf(boolean wrong, ErrorKind kind, long offset) {
        if (wrong) {
            throw Refusal.at(kind, offset);
        }
    }
}
