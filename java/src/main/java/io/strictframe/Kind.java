package io.strictframe;

/** The kinds of frames: the low nibble of byte 2. */
public enum Kind {
    MESSAGE, BATCH, SYNC, SCHEMA, DICT, END;

    /** The kind of that number, or null where it is unassigned. */
    static Kind of(int number) {
        return number >= 1 && number <= values().length ? values()[number - 1] : null;
    }

    public int number() {
        return ordinal() + 1;
    }

    /** Whether frames of this kind carry records. */
    public boolean isData() {
        return this == MESSAGE || this == BATCH;
    }
}
