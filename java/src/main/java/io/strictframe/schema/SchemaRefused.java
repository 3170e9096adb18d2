package io.strictframe.schema;

/** A schema without a canonical form, or a text that is not its own (KEY-3 to KEY-7); number 0803 of REGISTRY.md. */
public final class SchemaRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SchemaRefused(String why) {
        super("SF-0803 SchemaRefused: " + why);
    }
}
