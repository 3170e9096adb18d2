package io.strictframe.schema;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What becomes of the arms of the oneofs of a message (annex B). */
final class OneofComparison {
    private final Map<String, Set<String>> later = new HashMap<>();
    private final Map<String, Set<String>> earlier = new HashMap<>();

    OneofComparison(Declared.Message old, Declared.Message now) {
        for (Field was : old.fields().values()) {
            Field is = now.fields().get(was.number());
            if (was.oneof() != null && is != null && is.oneof() != null) {
                later.computeIfAbsent(was.oneof(), none -> new HashSet<>()).add(is.oneof());
                earlier.computeIfAbsent(is.oneof(), none -> new HashSet<>()).add(was.oneof());
            }
        }
    }

    Optional<ChangeKind> judge(Field was, Field is) {
        if (was.oneof() == null) {
            return is.oneof() == null ? Optional.empty() : Optional.of(ChangeKind.ONEOF_ENTERED);
        }
        if (is.oneof() == null) {
            return Optional.of(ChangeKind.ONEOF_LEFT);
        }
        if (was.oneof().equals(is.oneof())) {
            return Optional.empty();
        }
        // Renamed: all arms that remain went to one oneof, to which no other one gave any.
        boolean isWhole = later.get(was.oneof()).size() == 1 && earlier.get(is.oneof()).size() == 1;
        return Optional.of(isWhole ? ChangeKind.ONEOF_RENAMED : ChangeKind.ONEOF_CHANGED);
    }
}
