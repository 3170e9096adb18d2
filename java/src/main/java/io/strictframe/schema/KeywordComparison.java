package io.strictframe.schema;

import static io.strictframe.schema.ChangeKind.ANNOTATION_CHANGED;
import static io.strictframe.schema.ChangeKind.CONSTRAINT_CHANGED;
import static io.strictframe.schema.ChangeKind.CONSTRAINT_LOOSENED;
import static io.strictframe.schema.ChangeKind.CONSTRAINT_TIGHTENED;
import static io.strictframe.schema.ChangeKind.KEYWORD_UNKNOWN;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Keywords whose two values say by themselves which of them accepts more (annex B). */
final class KeywordComparison {
    private static final Set<String> UPPER = Set.of("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");
    private static final Set<String> LOWER = Set.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");
    private static final Set<String> OTHERS = Set.of("$ref", "anyOf", "const", "enum", "format", "multipleOf", "pattern", "type");
    private static final String NUMBER = "\"number\"";
    private static final String INTEGER = "\"integer\"";
    private static final double BELOW = 1L << 53;

    private KeywordComparison() {
    }

    /** Whether it tightens where it comes and loosens where it goes. */
    static boolean isConstraint(String keyword) {
        return UPPER.contains(keyword) || LOWER.contains(keyword) || OTHERS.contains(keyword);
    }

    /** What the difference is; empty where there is none. Of {@code required} and {@code uniqueItems} either may be null. */
    static Optional<ChangeKind> judge(String keyword, JsonNode was, JsonNode is) {
        if (was != null && was.equals(is)) {
            return Optional.empty();
        }
        if (UPPER.contains(keyword) || LOWER.contains(keyword)) {
            return Optional.of(bound(was, is, UPPER.contains(keyword)));
        }
        return Optional.of(switch (keyword) {
            case "const" -> CONSTRAINT_CHANGED;
            case "multipleOf" -> multiple(was, is);
            case "enum" -> was.isArray() && is.isArray() ? sets(set(was), set(is), true) : KEYWORD_UNKNOWN;
            case "type" -> areTypes(was) && areTypes(is) ? sets(types(was), types(is), true) : KEYWORD_UNKNOWN;
            case "required" -> areNames(was) && areNames(is) ? sets(set(was), set(is), false) : KEYWORD_UNKNOWN;
            case "uniqueItems" -> unique(was, is);
            default -> KEYWORD_UNKNOWN;
        });
    }

    private static ChangeKind bound(JsonNode was, JsonNode is, boolean upper) {
        if (!was.isNumber() || !is.isNumber()) {
            return KEYWORD_UNKNOWN;
        }
        return is.doubleValue() > was.doubleValue() == upper ? CONSTRAINT_LOOSENED : CONSTRAINT_TIGHTENED;
    }

    private static ChangeKind multiple(JsonNode was, JsonNode is) {
        if (!isWhole(was) || !isWhole(is)) {
            return KEYWORD_UNKNOWN;
        }
        if (is.longValue() % was.longValue() == 0) {
            return CONSTRAINT_TIGHTENED;
        }
        return was.longValue() % is.longValue() == 0 ? CONSTRAINT_LOOSENED : CONSTRAINT_CHANGED;
    }

    private static boolean isWhole(JsonNode value) {
        double number = value.doubleValue();
        return value.isNumber() && number >= 1 && number < BELOW && number == Math.rint(number);
    }

    private static ChangeKind unique(JsonNode was, JsonNode is) {
        if (was != null && !was.isBoolean() || is != null && !is.isBoolean()) {
            return KEYWORD_UNKNOWN;
        }
        boolean wasUnique = was != null && was.booleanValue();
        boolean isUnique = is != null && is.booleanValue();
        return wasUnique == isUnique ? ANNOTATION_CHANGED : isUnique ? CONSTRAINT_TIGHTENED : CONSTRAINT_LOOSENED;
    }

    private static ChangeKind sets(Set<String> was, Set<String> is, boolean moreIsLooser) {
        boolean all = is.containsAll(was);
        boolean none = was.containsAll(is);
        if (all && none) {
            return ANNOTATION_CHANGED;
        }
        return all || none ? all == moreIsLooser ? CONSTRAINT_LOOSENED : CONSTRAINT_TIGHTENED : CONSTRAINT_CHANGED;
    }

    /** The elements by their text, which is canonical and, unlike their hashes, tells them apart whatever they are. */
    private static Set<String> set(JsonNode array) {
        Set<String> set = new HashSet<>();
        if (array != null) {
            array.forEach(element -> set.add(element.toString()));
        }
        return set;
    }

    private static boolean areNames(JsonNode value) {
        return value == null || value.isArray() && StreamSupport.stream(value.spliterator(), false).allMatch(JsonNode::isTextual);
    }

    private static boolean areTypes(JsonNode value) {
        return value.isTextual() || value.isArray() && areNames(value);
    }

    /** The types that are named; every integer is a number. */
    private static Set<String> types(JsonNode value) {
        Set<String> types = value.isTextual() ? new HashSet<>(Set.of(value.toString())) : set(value);
        if (types.contains(NUMBER)) {
            types.add(INTEGER);
        }
        return types;
    }
}
