package io.strictframe;

import static io.strictframe.ErrorKind.BatchStructure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The items of a batch's payload (SPEC section 7). */
final class Batch {
    private static final long MAX_COUNT = 65536;

    private Batch() {
    }

    /** @throws Refusal BatchStructure, whose offset counts in the payload */
    static List<byte[]> items(byte[] payload, List<Extension> extensions) {
        require(payload.length >= 4, 0);
        long declared = Bytes.u32(payload, 0);
        require(declared >= 1 && declared <= MAX_COUNT, 0);
        for (Extension extension : extensions) {
            // SPEC [BAT-3]
            require(extension.type() != Extension.ITEM_COUNT || Bytes.u32(extension.value(), 0) == declared, 0);
        }
        int count = (int) declared;
        int whole = (payload.length - 4) / 4;
        require(count <= whole, 4 + 4 * whole); // SPEC [BAT-2]: the first size field that does not fit whole
        int table = 4 + 4 * count;
        List<byte[]> items = new ArrayList<>(count);
        long end = table;
        for (int field = 4; field < table; field += 4) {
            long start = end;
            end += Bytes.u32(payload, field);
            require(end <= payload.length, field);
            items.add(Arrays.copyOfRange(payload, (int) start, (int) end));
        }
        require(end == payload.length, end);
        return items;
    }

    private static void require(boolean holds, long offset) {
        if (!holds) {
            throw Refusal.at(BatchStructure, offset);
        }
    }
}
