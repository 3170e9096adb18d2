package io.strictframe.schema;

/** The type of a field: a scalar, a reference to a message or enum, or a map of a key to one of these. */
sealed interface FieldType {
    record Scalar(ScalarType type) implements FieldType {
    }

    record Enum(String full) implements FieldType {
    }

    record Message(String full) implements FieldType {
    }

    record Group(String full) implements FieldType {
    }

    record Map(ScalarType key, FieldType value) implements FieldType {
    }

    /** The wire type that a value of it has. */
    default int wireType() {
        if (this instanceof Scalar scalar) {
            return scalar.type().wireType();
        }
        return this instanceof Enum ? 0 : this instanceof Group ? 3 : 2;
    }

    /** Whether values of it may stand together behind one length. */
    default boolean isPackable() {
        return wireType() != 2 && wireType() != 3;
    }

    /** The full name of the type it refers to, in a map that of the value; null of a scalar. */
    default String reference() {
        if (this instanceof Enum type) {
            return type.full();
        }
        if (this instanceof Message type) {
            return type.full();
        }
        if (this instanceof Group type) {
            return type.full();
        }
        return this instanceof Map map ? map.value().reference() : null;
    }
}
