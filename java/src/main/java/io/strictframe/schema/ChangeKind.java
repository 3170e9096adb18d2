package io.strictframe.schema;

import java.util.Locale;

/** The differences that two descriptors of one lineage can have, with their verdicts (SPEC annex B). */
public enum ChangeKind {
    ALIAS_ADDED(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    ALIAS_REMOVED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING),
    ANNOTATION_CHANGED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    COMPARISON_CUT(Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN),
    CONSTRAINT_CHANGED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    CONSTRAINT_LOOSENED(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    CONSTRAINT_TIGHTENED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    DEFAULT_CHANGED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    DESCRIPTOR_CHANGED(Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN),
    ENUM_CLOSED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    ENUM_OPENED(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    EXTENSION_REMOVED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    EXTENSIONS_CLOSED(Verdict.BREAKING, Verdict.BREAKING, Verdict.SAFE, Verdict.SAFE),
    EXTENSIONS_OPENED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    FIELD_ADDED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    FIELD_REMOVED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    FIELD_REMOVED_NAME_FREE(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    FIELD_REMOVED_NUMBER_FREE(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    FIELD_RENAMED(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    FIRST_VALUE_CHANGED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    INTEGER_TO_CLOSED_ENUM(Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    INTEGER_TO_OPEN_ENUM(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    JSON_NAME_CHANGED(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    CLOSED_ENUM_TO_INTEGER(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    KEYWORD_UNKNOWN(Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN),
    ONEOF_CHANGED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    ONEOF_ENTERED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    ONEOF_LEFT(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    ONEOF_RENAMED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    OPEN_ENUM_TO_INTEGER(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    PACKING_CHANGED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    PRESENCE_GAINED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    PRESENCE_LOST(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    PROPERTY_ADDED_CLOSED(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    PROPERTY_ADDED_OPEN(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    PROPERTY_REMOVED_CLOSED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    PROPERTY_REMOVED_OPEN(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    REPETITION_CHANGED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    REQUIRED_ADDED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    REQUIRED_GAINED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    REQUIRED_LOST(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    REQUIRED_REMOVED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    RESERVED_NAME_ADDED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    RESERVED_NAME_FREED(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    RESERVED_NUMBER_ADDED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    RESERVED_NUMBER_FREED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    STRING_TO_BYTES(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING),
    BYTES_TO_STRING(Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    TYPE_CHANGED(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    TYPE_NARROWED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    TYPE_RENAMED(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.SAFE),
    TYPE_WIDENED(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    VALUE_ADDED_CLOSED(Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    VALUE_ADDED_OPEN(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE),
    VALUE_REMOVED_CLOSED(Verdict.SAFE, Verdict.BREAKING, Verdict.SAFE, Verdict.BREAKING),
    VALUE_REMOVED_NUMBER_FREE(Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING, Verdict.BREAKING),
    VALUE_REMOVED_OPEN(Verdict.SAFE, Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING),
    VALUE_RENAMED(Verdict.SAFE, Verdict.SAFE, Verdict.BREAKING, Verdict.BREAKING);

    /** What a change does to one side. Whoever must not break anything takes UNKNOWN for BREAKING (CLS-1). */
    public enum Verdict {
        SAFE, BREAKING, UNKNOWN
    }

    private final Verdict oldOnNew;
    private final Verdict newOnOld;
    private final Verdict jsonOldOnNew;
    private final Verdict jsonNewOnOld;

    ChangeKind(Verdict oldOnNew, Verdict newOnOld, Verdict jsonOldOnNew, Verdict jsonNewOnOld) {
        this.oldOnNew = oldOnNew;
        this.newOnOld = newOnOld;
        this.jsonOldOnNew = jsonOldOnNew;
        this.jsonNewOnOld = jsonNewOnOld;
    }

    /** For a reader of the earlier schema on data of the later one. */
    public Verdict oldOnNew() {
        return oldOnNew;
    }

    /** For a reader of the later schema on data of the earlier one. */
    public Verdict newOnOld() {
        return newOnOld;
    }

    /** As {@link #oldOnNew}, for the same data as JSON, by names. */
    public Verdict jsonOldOnNew() {
        return jsonOldOnNew;
    }

    /** As {@link #newOnOld}, for the same data as JSON, by names. */
    public Verdict jsonNewOnOld() {
        return jsonNewOnOld;
    }

    /** The name of its row. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
