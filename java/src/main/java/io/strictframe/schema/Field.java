package io.strictframe.schema;

/**
 * A field of a message.
 *
 * @param name its name, of an extension the full one
 * @param oneof the oneof it is an arm of, or null
 * @param defaultValue the declared default as it is spelt, or null
 * @param json its JSON name where that does not follow from the name, or null
 */
record Field(int number, String name, boolean isExtension, FieldType type, Label label, String oneof, String defaultValue,
             String json) {
    enum Label {
        EXPLICIT, IMPLICIT, PACKED, REPEATED, REQUIRED, MAP
    }

    /** Whether several values of it may stand in one message; true of a map, too. */
    boolean isRepeated() {
        return label == Label.PACKED || label == Label.REPEATED || label == Label.MAP;
    }

    /** The JSON name it has; of an extension its full name, which JSON has in brackets. */
    String jsonName() {
        return json != null ? json : isExtension ? name : derivedJsonName();
    }

    /** The JSON name that follows from its name: underscores left out, and the letter behind each in upper case. */
    String derivedJsonName() {
        StringBuilder derived = new StringBuilder();
        boolean upper = false;
        for (char character : name.toCharArray()) {
            if (character == '_') {
                upper = true;
                continue;
            }
            derived.append(upper && character >= 'a' && character <= 'z' ? (char) (character - 32) : character);
            upper = false;
        }
        return derived.toString();
    }
}
