package io.strictframe.schema;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One difference between two descriptors: where, and which. Ordered by the bytes of both. */
public record Change(String path, ChangeKind kind) implements Comparable<Change> {
    @Override
    public int compareTo(Change other) {
        int byPath = bytes(path, other.path);
        return byPath != 0 ? byPath : bytes(kind.toString(), other.kind.toString());
    }

    private static int bytes(String left, String right) {
        return Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
