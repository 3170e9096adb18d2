package io.strictframe.schema;

import static io.strictframe.schema.ChangeKind.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Compares two JSON Schemas keyword by keyword (annex B). */
final class JsonComparison {
    private record References(String before, String after) {
    }

    private static final Set<String> AS_SCHEMAS = Set.of("additionalProperties", "items", "propertyNames");
    private static final Set<String> ANNOTATIONS = Set.of("deprecated", "readOnly", "writeOnly", "contentEncoding",
        "contentMediaType", "$id");
    private static final Set<String> HOLDS_REFERENCES = Set.of("additionalItems", "contains", "dependencies", "dependentSchemas",
        "else", "if", "not", "oneOf", "then");

    private final JsonNode before;
    private final JsonNode after;
    private final Changes changes;
    private final Set<References> met = new HashSet<>();
    private final ArrayDeque<References> open = new ArrayDeque<>();

    JsonComparison(JsonNode before, JsonNode after, Changes changes) {
        this.before = before;
        this.after = after;
        this.changes = changes;
    }

    void run() throws Changes.Cut {
        if (before.equals(after)) {
            return;
        }
        schema(before, after, "#");
        while (!open.isEmpty()) {
            References pair = open.remove();
            asSchemas(JsonPointers.resolve(before, pair.before), JsonPointers.resolve(after, pair.after), pair.after);
        }
    }

    private void schema(JsonNode old, JsonNode now, String path) throws Changes.Cut {
        changes.work(1);
        if (old.isBoolean() || now.isBoolean()) {
            if (isTrue(old) != isTrue(now) || isFalse(old) != isFalse(now)) {
                changes.add(path, isTrue(now) || isFalse(old) ? CONSTRAINT_LOOSENED : CONSTRAINT_TIGHTENED);
            }
            return;
        }
        Set<String> keywords = new TreeSet<>();
        old.fieldNames().forEachRemaining(keywords::add);
        now.fieldNames().forEachRemaining(keywords::add);
        keywords.removeAll(Set.of("$defs", "definitions"));
        for (String keyword : keywords) {
            changes.work(1);
            keyword(keyword, old, now, path);
        }
    }

    private static boolean isTrue(JsonNode schema) {
        return schema.equals(BooleanNode.TRUE) || schema.isObject() && schema.isEmpty();
    }

    private static boolean isFalse(JsonNode schema) {
        return schema.equals(BooleanNode.FALSE);
    }

    private void keyword(String keyword, JsonNode old, JsonNode now, String path) throws Changes.Cut {
        String here = path + "/" + JsonPointers.escape(keyword);
        JsonNode was = old.get(keyword);
        JsonNode is = now.get(keyword);
        if (keyword.equals("properties")) {
            properties(old, now, path);
        } else if (keyword.equals("items") && was != null && was.isArray() && was.equals(is)) {
            changes.addIf(holdsReference(was), here, KEYWORD_UNKNOWN);
        } else if (AS_SCHEMAS.contains(keyword)) {
            asSchemas(orTrue(was), orTrue(is), here);
        } else if (keyword.equals("required") || keyword.equals("uniqueItems")) {
            KeywordComparison.judge(keyword, was, is).ifPresent(kind -> changes.add(here, kind));
        } else if (keyword.equals("$id") && (old != before || now != after)) {
            changes.add(here, KEYWORD_UNKNOWN); // what references inside refer to is not known here
        } else if (was == null || is == null) {
            changes.add(here, cameOrWent(keyword, is != null));
        } else if (keyword.equals("$ref")) {
            references(was.asText(), is.asText(), here);
        } else if (Set.of("anyOf", "allOf", "prefixItems").contains(keyword) && was.isArray() && is.isArray()) {
            lists(keyword, was, is, here);
        } else if (keyword.equals("patternProperties") && was.isObject() && is.isObject() && names(was).equals(names(is))) {
            for (String name : names(was)) {
                asSchemas(was.get(name), is.get(name), here + "/" + JsonPointers.escape(name));
            }
        } else if (was.equals(is)) {
            changes.addIf(dependsOnOthers(keyword, was), here, KEYWORD_UNKNOWN);
        } else if (keyword.equals("default") || ANNOTATIONS.contains(keyword)) {
            changes.add(here, cameOrWent(keyword, true));
        } else {
            changes.add(here, KeywordComparison.judge(keyword, was, is).orElse(KEYWORD_UNKNOWN));
        }
    }

    private static ChangeKind cameOrWent(String keyword, boolean came) {
        if (keyword.equals("default")) {
            return DEFAULT_CHANGED;
        }
        if (ANNOTATIONS.contains(keyword)) {
            return ANNOTATION_CHANGED;
        }
        if (!KeywordComparison.isConstraint(keyword)) {
            return KEYWORD_UNKNOWN;
        }
        return came ? CONSTRAINT_TIGHTENED : CONSTRAINT_LOOSENED;
    }

    /** Whether an equal keyword means something else where something else differs; the texts do, or nothing is compared. */
    private static boolean dependsOnOthers(String keyword, JsonNode value) {
        return switch (keyword) {
            case "unevaluatedProperties", "unevaluatedItems", "$dynamicRef" -> true;
            default -> HOLDS_REFERENCES.contains(keyword) && holdsReference(value);
        };
    }

    private static boolean holdsReference(JsonNode value) {
        return value.findValue("$ref") != null || value.findValue("$dynamicRef") != null;
    }

    private void asSchemas(JsonNode was, JsonNode is, String here) throws Changes.Cut {
        if (isSchema(was) && isSchema(is)) {
            schema(was, is, here);
        } else {
            changes.addIf(!was.equals(is), here, KEYWORD_UNKNOWN); // an array of items, or no schema at all
        }
    }

    private static boolean isSchema(JsonNode value) {
        return value.isObject() || value.isBoolean();
    }

    private static JsonNode orTrue(JsonNode schema) {
        return schema == null ? BooleanNode.TRUE : schema;
    }

    private void references(String was, String is, String here) throws Changes.Cut {
        JsonNode old = JsonPointers.resolve(before, was);
        JsonNode now = JsonPointers.resolve(after, is);
        if (old == null || now == null) {
            changes.add(here, KEYWORD_UNKNOWN);
            return;
        }
        changes.work(1);
        References pair = new References(was, is);
        if (met.add(pair)) {
            open.add(pair);
        }
    }

    private void lists(String keyword, JsonNode was, JsonNode is, String here) throws Changes.Cut {
        if (was.size() != is.size() && !keyword.equals("anyOf")) {
            changes.add(here, KEYWORD_UNKNOWN);
            return;
        }
        for (int index = 0; index < Math.min(was.size(), is.size()); index++) {
            asSchemas(was.get(index), is.get(index), here + "/" + index);
        }
        changes.addIf(is.size() > was.size(), here, CONSTRAINT_LOOSENED);
        changes.addIf(is.size() < was.size(), here, CONSTRAINT_TIGHTENED);
    }

    private void properties(JsonNode old, JsonNode now, String path) throws Changes.Cut {
        String here = path + "/properties";
        JsonNode were = old.has("properties") ? old.get("properties") : JsonNodeFactory.instance.objectNode();
        JsonNode are = now.has("properties") ? now.get("properties") : JsonNodeFactory.instance.objectNode();
        if (!were.isObject() || !are.isObject()) {
            changes.addIf(!were.equals(are), here, KEYWORD_UNKNOWN);
            return;
        }
        Set<String> all = names(were);
        all.addAll(names(are));
        boolean patterns = old.has("patternProperties") || now.has("patternProperties");
        for (String name : all) {
            changes.work(1);
            String property = here + "/" + JsonPointers.escape(name);
            if (!were.has(name)) {
                changes.add(property, patterns ? KEYWORD_UNKNOWN
                    : oneSided(are.get(name), orTrue(old.get("additionalProperties")), PROPERTY_ADDED_CLOSED, PROPERTY_ADDED_OPEN));
            } else if (!are.has(name)) {
                changes.add(property, patterns ? KEYWORD_UNKNOWN
                    : oneSided(were.get(name), orTrue(now.get("additionalProperties")), PROPERTY_REMOVED_CLOSED, PROPERTY_REMOVED_OPEN));
            } else {
                asSchemas(were.get(name), are.get(name), property);
            }
        }
    }

    private static ChangeKind oneSided(JsonNode property, JsonNode other, ChangeKind closed, ChangeKind open) {
        if (property.equals(other) && !holdsReference(property) || isTrue(property) && isTrue(other)) {
            return ANNOTATION_CHANGED;
        }
        return isFalse(other) ? closed : isTrue(other) ? open : KEYWORD_UNKNOWN;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
