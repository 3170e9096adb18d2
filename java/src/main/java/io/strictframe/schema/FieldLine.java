package io.strictframe.schema;

import static io.strictframe.schema.Line.require;

/** The line of a field in a canonical protobuf descriptor. */
final class FieldLine {
    private FieldLine() {
    }

    static Field read(Line line) {
        int number = (int) line.number(1, Integer.MAX_VALUE);
        line.expect(" ");
        boolean isExtension = line.skip("[");
        String name = isExtension ? line.full() : line.name();
        line.expect(isExtension ? "] " : " ");
        boolean isMap = line.skip("map ");
        FieldType type = isMap ? map(line) : single(line, true);
        Field.Label label = Field.Label.MAP;
        if (!isMap) {
            line.expect(" ");
            label = label(line.word());
        }
        String oneof = line.skip(" oneof=") ? line.name() : null;
        String defaultValue = null;
        if (line.skip(" default=")) {
            boolean isText = type instanceof FieldType.Scalar scalar
                && (scalar.type() == ScalarType.STRING || scalar.type() == ScalarType.STRING_UNVERIFIED);
            require(!isText || line.startsWithQuote(), "a default is of another type");
            defaultValue = isText ? line.stringToken() : line.word();
        }
        String json = line.skip(" json=") ? line.string() : null;
        line.expectEnd();
        return new Field(number, name, isExtension, type, label, oneof, defaultValue, json);
    }

    private static Field.Label label(String word) {
        return switch (word) {
            case "explicit" -> Field.Label.EXPLICIT;
            case "implicit" -> Field.Label.IMPLICIT;
            case "packed" -> Field.Label.PACKED;
            case "repeated" -> Field.Label.REPEATED;
            case "required" -> Field.Label.REQUIRED;
            default -> throw new SchemaRefused("a label is none");
        };
    }

    private static FieldType map(Line line) {
        ScalarType key = ScalarType.of(line.word());
        require(key != null, "the type of a key is none");
        line.expect(" ");
        return new FieldType.Map(key, single(line, false));
    }

    private static FieldType single(Line line, boolean groupAllowed) {
        if (line.skip("enum ")) {
            return new FieldType.Enum(line.full());
        }
        if (line.skip("message ")) {
            return new FieldType.Message(line.full());
        }
        if (groupAllowed && line.skip("group ")) {
            return new FieldType.Group(line.full());
        }
        ScalarType scalar = ScalarType.of(line.word());
        require(scalar != null, "a type is none");
        return new FieldType.Scalar(scalar);
    }
}
