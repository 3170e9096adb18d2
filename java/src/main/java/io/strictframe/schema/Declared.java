package io.strictframe.schema;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A type that a canonical protobuf descriptor declares. */
sealed interface Declared {
    String full();

    Ranges reserved();

    Set<String> reservedNames();

    /** A message; its fields by number, ascending. */
    record Message(String full, TreeMap<Integer, Field> fields, Ranges extensions, Ranges reserved,
                   Set<String> reservedNames) implements Declared {
    }

    /**
     * An enum; the names of each number in the order of their declaration.
     *
     * @param first the number of the value declared first
     */
    record Enum(String full, boolean isOpen, int first, Map<Integer, List<String>> values, Set<String> names, Ranges reserved,
                Set<String> reservedNames) implements Declared {
    }
}
