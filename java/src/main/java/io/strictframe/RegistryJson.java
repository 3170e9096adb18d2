package io.strictframe;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A registry as JSON, in the form of {@code spec/vectors/README.md}: numbers as decimal strings, identifiers as hexadecimal digits. */
public final class RegistryJson {
    private RegistryJson() {
    }

    /** @throws IllegalArgumentException when a member is missing, unknown or out of range, or a version stands twice */
    public static Registry read(JsonNode json) {
        members(json, Set.of("allow_forward", "lineages"), Set.of());
        require(json.path("allow_forward").isBoolean(), "allow_forward is true or false");
        List<Registry.Lineage> lineages = new ArrayList<>();
        json.path("lineages").forEach(lineage -> lineages.add(lineage(lineage)));
        return new Registry(json.path("allow_forward").booleanValue(), lineages);
    }

    private static Registry.Lineage lineage(JsonNode json) {
        members(json, Set.of("lineage", "reader", "oldest_writer", "versions"), Set.of("own"));
        Map<Integer, Registry.Known> versions = new HashMap<>();
        for (JsonNode version : json.path("versions")) {
            members(version, Set.of("version", "min_reader", "fork_check"), Set.of());
            Registry.Known known = new Registry.Known(number(version, "min_reader"), digits(version, "fork_check", 4));
            require(versions.put(number(version, "version"), known) == null, "a version stands twice"); // SPEC [JDG-3]
        }
        return new Registry.Lineage(digits(json, "lineage", 8), number(json, "reader"), number(json, "oldest_writer"), versions,
            json.has("own") ? own(json.path("own")) : null);
    }

    private static Registry.OwnSchema own(JsonNode json) {
        members(json, Set.of("enc_id", "name", "descriptor"), Set.of());
        return new Registry.OwnSchema(number(json, "enc_id"), json.path("name").asText(),
            json.path("descriptor").asText().getBytes(StandardCharsets.UTF_8));
    }

    private static void members(JsonNode json, Set<String> needed, Set<String> allowed) {
        require(json.isObject(), "an object is missing");
        needed.forEach(name -> require(json.has(name), name + " is missing"));
        json.fieldNames().forEachRemaining(name -> require(needed.contains(name) || allowed.contains(name), name + " is not known"));
    }

    private static int number(JsonNode json, String name) {
        String text = json.path(name).asText();
        require(json.path(name).isTextual() && text.matches("0|[1-9][0-9]{0,4}"), name + " is a decimal number in a string");
        return Integer.parseInt(text);
    }

    private static String digits(JsonNode json, String name, int len) {
        String text = json.path(name).asText();
        require(text.matches("([0-9a-f]{2}){" + len + "}"), name + " is " + 2 * len + " digits of 0-9a-f");
        return text;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("registry: " + otherwise);
        }
    }
}
