package io.strictframe.schema;

import static io.strictframe.schema.Line.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Where schema objects stand in a JSON Schema, and what goes from them (KEY-3, KEY-4). */
final class JsonSchemaPositions {
    private static final Set<String> ANNOTATIONS = Set.of("title", "description", "examples", "$comment");
    private static final Set<String> ONE = Set.of("additionalItems", "additionalProperties", "contains", "contentSchema", "else",
        "if", "items", "not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties");
    private static final Set<String> LIST = Set.of("allOf", "anyOf", "oneOf", "prefixItems", "items");
    private static final Set<String> BY_NAME = Set.of("$defs", "definitions", "dependentSchemas", "patternProperties",
        "properties", "dependencies");

    private JsonSchemaPositions() {
    }

    /** Takes the annotations out of every schema object, and refuses references that leave the schema. */
    static void reduce(JsonNode schema) {
        if (!(schema instanceof ObjectNode object)) {
            return;
        }
        object.remove(ANNOTATIONS);
        for (String reference : List.of("$ref", "$dynamicRef")) {
            JsonNode target = object.get(reference);
            require(target == null || target.isTextual() && target.asText().startsWith("#"), "a reference leaves the schema");
        }
        object.properties().forEach(member -> {
            JsonNode value = member.getValue();
            if (ONE.contains(member.getKey())) {
                reduce(value);
            }
            if (LIST.contains(member.getKey()) && value.isArray() || BY_NAME.contains(member.getKey()) && value.isObject()) {
                value.forEach(JsonSchemaPositions::reduce);
            }
        });
    }
}
