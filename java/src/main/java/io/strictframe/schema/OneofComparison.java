package io.strictframe.schema;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What becomes of the arms of the oneofs of a message (annex B). */
final class OneofComparison {
    /** The arms of each oneof that are fields of both messages, by number. */
    private final Map<String, Set<Integer>> were;
    private final Map<String, Set<Integer>> are;

    OneofComparison(Declared.Message old, Declared.Message now) {
        were = arms(old, now);
        are = arms(now, old);
    }

    private static Map<String, Set<Integer>> arms(Declared.Message message, Declared.Message other) {
        Map<String, Set<Integer>> arms = new HashMap<>();
        for (Field field : message.fields().values()) {
            if (field.oneof() != null && other.fields().containsKey(field.number())) {
                arms.computeIfAbsent(field.oneof(), none -> new HashSet<>()).add(field.number());
            }
        }
        return arms;
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
        boolean isWhole = were.get(was.oneof()).equals(are.get(is.oneof()));
        return Optional.of(isWhole ? ChangeKind.ONEOF_RENAMED : ChangeKind.ONEOF_CHANGED);
    }
}
