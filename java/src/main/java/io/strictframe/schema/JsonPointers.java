package io.strictframe.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** JSON pointers (RFC 6901) as far as references inside a schema go. */
final class JsonPointers {
    private static final Pattern BARE_TILDE = Pattern.compile("~(?![01])");

    private JsonPointers() {
    }

    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** What {@code #}, or {@code #} and a pointer without {@code %}, refers to; null where it is another form or leads nowhere. */
    static JsonNode resolve(JsonNode root, String reference) {
        if (reference.equals("#")) {
            return root;
        }
        if (!reference.startsWith("#/") || reference.contains("%")) {
            return null;
        }
        JsonNode at = root;
        for (String token : reference.substring(2).split("/", -1)) {
            if (BARE_TILDE.matcher(token).find()) {
                return null; // a tilde that stands for nothing
            }
            String name = token.replace("~1", "/").replace("~0", "~");
            boolean isIndex = at.isArray() && name.matches("0|[1-9][0-9]{0,8}");
            at = isIndex ? at.get(Integer.parseInt(name)) : at.isObject() ? at.get(name) : null;
            if (at == null) {
                return null;
            }
        }
        return at;
    }
}
