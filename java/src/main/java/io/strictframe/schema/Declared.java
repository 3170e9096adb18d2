package io.strictframe.schema;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A type that a canonical protobuf descriptor declares. */
sealed interface Declared {
    /** A range of numbers, both ends included. */
    record Range(long from, long to) {
        boolean contains(long number) {
            return number >= from && number <= to;
        }
    }

    String full();

    List<Range> reserved();

    Set<String> reservedNames();

    /** A message; its fields by number, ascending. */
    record Message(String full, TreeMap<Integer, Field> fields, List<Range> extensions, List<Range> reserved,
                   Set<String> reservedNames) implements Declared {
    }

    /**
     * An enum; the names of each number in the order of their declaration.
     *
     * @param first the number of the value declared first
     */
    record Enum(String full, boolean isOpen, int first, Map<Integer, List<String>> values, List<Range> reserved,
                Set<String> reservedNames) implements Declared {
    }

    default boolean reserves(long number) {
        return reserved().stream().anyMatch(range -> range.contains(number));
    }
}
