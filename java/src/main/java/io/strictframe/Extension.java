package io.strictframe;

import static io.strictframe.ErrorKind.ExtensionError;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One extension of a data frame (SPEC section 3): its type, its value as it stands, and where its type field lies in the frame. */
public record Extension(int type, byte[] value, int offset) {
    static final int ITEM_COUNT = 6;
    private static final int STREAM_KEY = 4;
    private static final int MAX_COUNT = 32;
    private static final int MAX_BLOCK_LEN = 4096;

    /** Whether a decoder that does not know this type must refuse the frame. */
    public boolean isCritical() {
        return (type & 0x8000) != 0;
    }

    /**
     * The extensions of the block {@code from..to} of a frame.
     *
     * @throws Refusal ExtensionError
     */
    static List<Extension> readBlock(byte[] frame, int from, int to, Kind kind) {
        if (to - from < 4 || to - from > MAX_BLOCK_LEN) {
            throw Refusal.at(ExtensionError, from - 2); // SPEC [EXT-2]: at ext_len
        }
        List<Extension> all = new ArrayList<>();
        int at = from;
        while (at < to) {
            Extension next = read(frame, at, to);
            // SPEC [EXT-3]: strictly ascending, and at most 32.
            boolean ascends = all.isEmpty() || next.type > all.get(all.size() - 1).type;
            if (!ascends || all.size() == MAX_COUNT || !next.fitsItsType(kind)) {
                throw Refusal.at(ExtensionError, at);
            }
            all.add(next);
            at += 4 + next.value.length;
        }
        return List.copyOf(all);
    }

    private static Extension read(byte[] frame, int at, int to) {
        if (to - at < 4 || to - at - 4 < Bytes.u16(frame, at + 2)) {
            throw Refusal.at(ExtensionError, at);
        }
        int start = at + 4;
        return new Extension(Bytes.u16(frame, at), Arrays.copyOfRange(frame, start, start + Bytes.u16(frame, at + 2)), at);
    }

    // SPEC [EXT-4]
    private boolean fitsItsType(Kind kind) {
        return switch (type) {
            case 1, 2, 7 -> value.length == 8;
            case 3 -> value.length == 25;
            case STREAM_KEY -> value.length >= 1 && value.length <= 256 && Bytes.firstNotUtf8(value, 0, value.length) < 0;
            case 5 -> value.length == 16;
            case ITEM_COUNT -> value.length == 4 && kind == Kind.BATCH;
            default -> true;
        };
    }
}
