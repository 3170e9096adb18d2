package io.strictframe.schema;

import static io.strictframe.schema.ScalarType.BYTES;
import static io.strictframe.schema.ScalarType.INT32;
import static io.strictframe.schema.ScalarType.INT64;
import static io.strictframe.schema.ScalarType.SINT32;
import static io.strictframe.schema.ScalarType.SINT64;
import static io.strictframe.schema.ScalarType.STRING;
import static io.strictframe.schema.ScalarType.STRING_UNVERIFIED;
import static io.strictframe.schema.ScalarType.UINT32;
import static io.strictframe.schema.ScalarType.UINT64;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What it is to change one scalar type into another (annex B). */
final class ScalarChanges {
    private static final Map<ScalarType, Set<ScalarType>> WIDER = Map.of(INT32, Set.of(INT64), UINT32, Set.of(INT64, UINT64),
        SINT32, Set.of(SINT64), STRING, Set.of(STRING_UNVERIFIED));
    private static final Set<ScalarType> TEXT = Set.of(STRING, STRING_UNVERIFIED);

    private ScalarChanges() {
    }

    static Optional<ChangeKind> of(ScalarType was, ScalarType is) {
        if (was == is) {
            return Optional.empty();
        }
        if (WIDER.getOrDefault(was, Set.of()).contains(is)) {
            return Optional.of(ChangeKind.TYPE_WIDENED);
        }
        if (WIDER.getOrDefault(is, Set.of()).contains(was)) {
            return Optional.of(ChangeKind.TYPE_NARROWED);
        }
        if (TEXT.contains(was) && is == BYTES) {
            return Optional.of(ChangeKind.STRING_TO_BYTES);
        }
        return Optional.of(was == BYTES && TEXT.contains(is) ? ChangeKind.BYTES_TO_STRING : ChangeKind.TYPE_CHANGED);
    }
}
