package io.strictframe;

import static io.strictframe.ErrorKind.DictionaryClash;
import static io.strictframe.ErrorKind.SchemaFork;
import static io.strictframe.ErrorKind.SchemaOverstated;
import static io.strictframe.ErrorKind.UnknownSchema;

import io.strictframe.schema.Comparison;
import java.util.HashMap;
import java.util.Map;

/** The SCHEMA and DICT frames that a stream, or a topic of definitions, brought, and what they say of data frames. */
public final class Definitions {
    private record Version(String lineage, int version) {
    }

    private record Declared(Control.Schema schema, Identity identity) {
    }

    private final Limits limits;
    private final boolean required;
    private final Registry registry;
    private final Dictionaries dictionaries = new Dictionaries();
    private final Map<Version, Declared> schemas = new HashMap<>();

    /**
     * @param required whether a data frame must have a schema that was declared (STR-13)
     * @param registry the schemas that data frames are judged by besides, or null
     */
    public Definitions(Limits limits, boolean required, Registry registry) {
        this.limits = limits;
        this.required = required;
        this.registry = registry;
    }

    /** The dictionaries declared so far; it grows with them. */
    public Dictionaries dictionaries() {
        return dictionaries;
    }

    /**
     * Takes what a control frame defines; nothing of a SYNC or END.
     *
     * @throws Refusal SchemaFork, DictionaryClash, LimitExceeded
     */
    public void declare(Control control) {
        if (control instanceof Control.Schema schema) {
            declare(schema);
        } else if (control instanceof Control.Dict dict) {
            declare(dict.dictionary());
        }
    }

    // SPEC [STR-12], [STR-15]
    private void declare(Control.Schema schema) {
        Identity identity = schema.identity();
        Version version = new Version(identity.lineage(), schema.version());
        Declared held = schemas.get(version);
        if (held != null && !held.identity.fingerprint().equals(identity.fingerprint())) {
            throw Refusal.at(SchemaFork, Header.LEN);
        }
        if (held == null && schemas.size() >= limits.schemas()) {
            throw Refusal.limit(20, schemas.size() + 1L, limits.schemas());
        }
        schemas.putIfAbsent(version, new Declared(schema, identity));
    }

    // SPEC [STR-11], [STR-15]
    private void declare(Dictionary dictionary) {
        boolean held = dictionaries.get(dictionary.id()) != null;
        if (!held && dictionaries.count() >= limits.dictionaries()) {
            throw Refusal.limit(20, dictionaries.count() + 1L, limits.dictionaries());
        }
        if (!dictionaries.add(dictionary)) {
            throw Refusal.at(DictionaryClash, Header.LEN);
        }
    }

    /**
     * What the registry says of a data frame's schema, null without one, after what was declared was held against it.
     *
     * @throws Refusal SchemaFork, UnknownSchema, and what {@link Registry#judge} throws, SchemaOverstated
     */
    public Outcome judge(SchemaKey key) {
        Declared writer = schemas.get(new Version(key.lineage(), key.version()));
        if (writer != null && !(writer.schema.minReader() == key.minReader() && writer.identity.forkCheck().equals(key.forkCheck()))) {
            throw Refusal.at(SchemaFork, 4); // SPEC [STR-12]
        }
        if (writer == null && required) {
            throw Refusal.at(UnknownSchema, 4); // SPEC [STR-13]
        }
        if (registry == null) {
            return null;
        }
        Outcome outcome = registry.judge(key);
        if (outcome == Outcome.Forward && writer != null) {
            judgeForward(registry.lineage(key.lineage()), writer.schema);
        }
        return outcome;
    }

    // SPEC [JDG-5]
    private static void judgeForward(Registry.Lineage lineage, Control.Schema writer) {
        Registry.OwnSchema own = lineage.own();
        if (own != null && !Comparison.isSafeForOld(writer.encId(), writer.name(), own.descriptor(), writer.descriptor())) {
            throw Refusal.at(SchemaOverstated, 4);
        }
    }
}
