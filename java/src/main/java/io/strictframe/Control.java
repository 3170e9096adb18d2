package io.strictframe;

import static io.strictframe.ErrorKind.BodyStructure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The body of a control frame (SPEC section 8). */
public sealed interface Control {
    /** SYNC and END. Offsets and count are unsigned numbers of 64 bits. */
    record Position(String streamId, long ownOffset, long previous, long count, long chainCrc) implements Control {
        /** The previous offset of a SYNC that has none before it: 2^64 - 1. */
        public static final long NONE = -1;
    }

    /** SCHEMA. */
    record Schema(int encId, int version, int minReader, String name, byte[] descriptor) implements Control {
        public Identity identity() {
            return Identity.of(encId, name, version, minReader, descriptor);
        }

        /** The 16 bytes of its schema key, as digits. */
        public String key() {
            Identity identity = identity();
            byte[] versions = {(byte) version, (byte) (version >> 8), (byte) minReader, (byte) (minReader >> 8)};
            return identity.lineage() + Bytes.hex(versions) + identity.forkCheck();
        }
    }

    /** DICT. */
    record Dict(Dictionary dictionary) implements Control {
    }

    /**
     * The body {@code 28..to} of a control frame.
     *
     * @throws Refusal BodyStructure
     */
    static Control read(byte[] frame, int to, Kind kind) {
        return switch (kind) {
            case SYNC, END -> position(frame, to);
            case SCHEMA -> schema(frame, to);
            case DICT -> dict(frame, to);
            case MESSAGE, BATCH -> throw new IllegalArgumentException("a data kind has no control body");
        };
    }

    private static Position position(byte[] frame, int to) {
        int at = Header.LEN;
        // SPEC [CTL-1]: too short at the first field that does not fit whole.
        for (int field : new int[] {0, 16, 24, 32, 40, 44}) {
            int len = field == 0 ? 16 : field < 40 ? 8 : 4;
            require(to - at >= field + len, at + field);
        }
        require(Bytes.u32(frame, at + 44) == 0, at + 44);
        require(to - at == 48, at + 48);
        return new Position(Bytes.hex(Arrays.copyOfRange(frame, at, at + 16)), Bytes.u64(frame, at + 16),
            Bytes.u64(frame, at + 24), Bytes.u64(frame, at + 32), Bytes.u32(frame, at + 40));
    }

    // SPEC [CTL-2]: in order, each field there whole and then right.
    private static Schema schema(byte[] frame, int to) {
        int at = Header.LEN;
        require(to > at && Bytes.u8(frame, at) >= 1 && Bytes.u8(frame, at) <= 3, at);
        require(to > at + 1 && Bytes.u8(frame, at + 1) == 0, at + 1);
        require(to >= at + 4 && Bytes.u16(frame, at + 2) != 0, at + 2);
        int version = Bytes.u16(frame, at + 2);
        require(to >= at + 6 && Bytes.u16(frame, at + 4) != 0 && Bytes.u16(frame, at + 4) <= version, at + 4);
        require(to >= at + 8 && Bytes.u16(frame, at + 6) != 0, at + 6);
        int name = at + 8;
        int nameEnd = name + Bytes.u16(frame, at + 6);
        require(to >= nameEnd && frame[name] != '.' && Bytes.firstNotUtf8(frame, name, nameEnd) < 0, name);
        require(to >= nameEnd + 4, nameEnd);
        int descriptor = nameEnd + 4;
        long descriptorLen = Bytes.u32(frame, nameEnd);
        require(to - descriptor >= descriptorLen, descriptor);
        int end = descriptor + (int) descriptorLen;
        require(to == end, end);
        return new Schema(Bytes.u8(frame, at), version, Bytes.u16(frame, at + 4),
            new String(frame, name, nameEnd - name, StandardCharsets.UTF_8), Arrays.copyOfRange(frame, descriptor, end));
    }

    private static Dict dict(byte[] frame, int to) {
        int at = Header.LEN;
        require(to > at, at); // SPEC [CTL-3]
        require(to - at <= Dictionary.MAX_LEN, at + Dictionary.MAX_LEN);
        return new Dict(new Dictionary(Arrays.copyOfRange(frame, at, to)));
    }

    private static void require(boolean holds, int offset) {
        if (!holds) {
            throw Refusal.at(BodyStructure, offset);
        }
    }
}
