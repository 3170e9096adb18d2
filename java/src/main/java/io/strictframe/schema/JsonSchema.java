package io.strictframe.schema;

import static io.strictframe.schema.Line.require;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.erdtman.jcs.JsonCanonicalizer;
import org.erdtman.jcs.NumberToJSON;

/** A JSON Schema as it is compared and digested: in the canonical form of KEY-3. */
public final class JsonSchema {
    private static final int MAX_LEVELS = 64;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_LEVELS).maxStringLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE).maxNumberLength(Integer.MAX_VALUE).build())
        .build());

    private JsonSchema() {
    }

    /**
     * The canonical descriptor of a JSON Schema.
     *
     * @throws SchemaRefused when it has none (KEY-4)
     */
    public static String canonical(byte[] text) {
        JsonNode schema = parse(text);
        require(schema.isObject() || schema.isBoolean(), "the root is neither an object nor a boolean");
        JsonSchemaPositions.reduce(schema);
        try {
            // The library takes objects and arrays alone.
            return schema.isBoolean() ? schema.toString() : new JsonCanonicalizer(schema.toString()).getEncodedString();
        } catch (IOException broken) {
            throw new SchemaRefused("the schema has no canonical form");
        }
    }

    /** The schema of a canonical descriptor. */
    static JsonNode parseCanonical(byte[] descriptor) {
        require(canonical(descriptor).equals(new String(descriptor, StandardCharsets.UTF_8)), "it is not in canonical form");
        return parse(descriptor);
    }

    private static JsonNode parse(byte[] text) {
        try {
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
            require(!decoded.startsWith("\ufeff"), "a byte order mark is not JSON");
            try (JsonParser parser = JSON.getFactory().createParser(decoded)) {
                require(parser.nextToken() != null, "there is no JSON");
                JsonNode root = node(parser);
                require(parser.nextToken() == null, "something stands behind the schema");
                return root;
            }
        } catch (CharacterCodingException broken) {
            throw new SchemaRefused("it is not UTF-8");
        } catch (IOException broken) {
            throw new SchemaRefused("it is not JSON, a name stands twice, or it is nested too deep");
        }
    }

    private static JsonNode node(JsonParser parser) throws IOException {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = nodes.objectNode();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    requireNoLoneSurrogate(name);
                    parser.nextToken();
                    object.set(name, node(parser));
                }
                return object;
            }
            case START_ARRAY -> {
                ArrayNode array = nodes.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(node(parser));
                }
                return array;
            }
            case VALUE_STRING -> {
                requireNoLoneSurrogate(parser.getText());
                return nodes.textNode(parser.getText());
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return nodes.numberNode(number(parser.getText()));
            }
            case VALUE_TRUE -> {
                return nodes.booleanNode(true);
            }
            case VALUE_FALSE -> {
                return nodes.booleanNode(false);
            }
            default -> {
                return nodes.nullNode();
            }
        }
    }

    /** The binary64 that a number is, whose canonical form has the same decimal value. */
    private static double number(String text) throws IOException {
        DecimalText decimal = DecimalText.of(text);
        if (decimal.isZero()) {
            return 0;
        }
        double value = Double.parseDouble(text);
        require(Double.isFinite(value) && value != 0 && DecimalText.of(NumberToJSON.serializeNumber(value)).equals(decimal),
            "a number is another one in its canonical form");
        return value;
    }

    private static void requireNoLoneSurrogate(String text) {
        for (int index = 0; index < text.length(); index++) {
            boolean pair = Character.isHighSurrogate(text.charAt(index)) && index + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(index + 1));
            require(pair || !Character.isSurrogate(text.charAt(index)), "a string holds a lone surrogate");
            index += pair ? 1 : 0;
        }
    }
}
