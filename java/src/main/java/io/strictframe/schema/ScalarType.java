package io.strictframe.schema;

/** The scalar types of protobuf, and the string whose UTF-8 is not verified. */
enum ScalarType {
    BOOL("bool", 0), BYTES("bytes", 2), DOUBLE("double", 1), FIXED32("fixed32", 5), FIXED64("fixed64", 1), FLOAT("float", 5),
    INT32("int32", 0), INT64("int64", 0), SFIXED32("sfixed32", 5), SFIXED64("sfixed64", 1), SINT32("sint32", 0),
    SINT64("sint64", 0), STRING("string", 2), STRING_UNVERIFIED("string-unverified", 2), UINT32("uint32", 0), UINT64("uint64", 0);

    private final String printed;
    private final int wireType;

    ScalarType(String printed, int wireType) {
        this.printed = printed;
        this.wireType = wireType;
    }

    int wireType() {
        return wireType;
    }

    boolean isMapKey() {
        return this != BYTES && this != DOUBLE && this != FLOAT;
    }

    /** The type of that name, or null. */
    static ScalarType of(String printed) {
        for (ScalarType type : values()) {
            if (type.printed.equals(printed)) {
                return type;
            }
        }
        return null;
    }
}
